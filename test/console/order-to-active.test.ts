import { beforeAll, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import type { Visitor } from '../../tools/console-browser.ts';
import { clicksOn } from './support/clicks.ts';
import { consoleInBrowser, PATIENCE_MS, whereBrowser } from './support/console-in-browser.ts';

/* The job of a partner by clicks alone: sign in, order 50 SIMs with a plan, and see them active. */

whereBrowser('a partner’s admin', () => {
  const local = consoleInBrowser();
  let visitor: Visitor;
  let page: Page;

  beforeAll(async () => {
    visitor = await local.visit();
    page = visitor.page;
  }, PATIENCE_MS);

  const { press, choose } = clicksOn(() => page);
  const isAccessible = async () => expect(await visitor.accessibilityViolations()).toEqual([]);

  it(
    'signs in on the local page and sees the home page',
    async () => {
      await visitor.signIn('admin@demo.example');
      await page.getByText('Nothing needs your attention.').waitFor();
      await isAccessible();
    },
    PATIENCE_MS,
  );

  it(
    'orders 50 SIMs with a plan, creating what it needs on the way',
    async () => {
      await press('Order SIMs');
      await choose('Operator', '3UK');
      await page.getByLabel('Quantity').fill('70');
      await press('Use 50');
      await page.getByText(/^The 50 SIMs are expected between /).waitFor();
      await isAccessible();
      await press('Next');

      await page.getByText('1 Harbour Exchange Square').waitFor();
      await isAccessible();
      await press('Next');

      await page.getByRole('radio', { name: 'Put the SIMs into service' }).check();
      await press('New partner service');
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel('Name').fill('Meters');
      // Two tariffs cover the operator: neither is chosen yet.
      expect(await dialog.getByRole('button', { name: 'New partner service' }).isDisabled()).toBe(true);
      await dialog.getByRole('button', { name: /^Tariff/ }).click();
      await page.getByRole('option', { name: /Partner Europe/ }).click();
      await dialog.getByRole('button', { name: 'New partner service' }).click();
      await dialog.waitFor({ state: 'detached' });
      await page.getByText(/^Partner Europe: .* per month, .* for each SIM, pooled, minimum term /).waitFor();
      await choose('Customer', 'Northwind Meters Ltd');
      await press('New customer service');
      await dialog.getByRole('button', { name: /^Tariff/ }).click();
      await page
        .getByRole('option', { name: /Fleet 1 GB.*3\.50 GBP per month, 1 GB for each SIM, minimum term 12 months/ })
        .click();
      await dialog.getByRole('button', { name: 'New customer service' }).click();
      await dialog.waitFor({ state: 'detached' });
      await page.getByText('Checked: the plan can run for all 50 SIMs.').waitFor();
      await isAccessible();
      const activation = page.getByRole('checkbox', { name: 'Activate the SIMs' });
      await activation.uncheck();
      await press('Next');
      await page.getByText('Keep inactive: you activate the SIMs yourself').waitFor();
      await press('Previous');
      await activation.check();
      await press('Next');

      await page.getByText(/^Migrate to Meters \(Partner Europe: \d+\.\d\d [A-Z]{3} per SIM per month\)$/).waitFor();
      await page.getByText(/\(.*Fleet 1 GB: 3\.50 GBP per SIM per month\)$/).waitFor();
      await page.getByText('Activate', { exact: true }).waitFor();
      await isAccessible();
      await press('Place order');
      await page.getByText(/^Order ord_\w+ was placed\.$/).waitFor();
    },
    PATIENCE_MS,
  );

  it(
    'follows the order until its SIMs are active',
    async () => {
      await page.getByText('Fulfilled').first().waitFor({ timeout: 60_000 });
      expect(await page.getByText('50 of 50 SIMs').count()).toBe(4);
      await isAccessible();
    },
    PATIENCE_MS,
  );

  it(
    'finds the SIMs of the order, suspends some after a preview, and follows the operation',
    async () => {
      await press('Show the SIMs of this order');
      const rows = page.getByRole('row').filter({ hasText: 'Active' });
      await rows.nth(1).waitFor();
      expect(await rows.count()).toBe(50);
      await isAccessible();

      await rows.nth(0).getByRole('checkbox').check();
      await rows.nth(1).getByRole('checkbox').check();
      await page.getByText('2 selected').waitFor();
      await press('Actions');
      await page.getByRole('menuitem', { name: 'Suspend' }).click();
      await page.getByText('2 SIMs will be suspended').waitFor();
      await isAccessible();
      await page.getByRole('dialog').getByRole('button', { name: 'Suspend' }).click();

      await page.getByRole('heading', { name: 'Suspend SIMs' }).waitFor();
      await page.getByText('2 of 2 SIMs').waitFor();
      await isAccessible();
    },
    PATIENCE_MS,
  );

  it(
    'opens a SIM with its timeline',
    async () => {
      await page.getByRole('row').filter({ hasText: 'Succeeded' }).first().getByRole('link').click();
      await page.getByRole('heading', { name: /^SIM \d+$/ }).waitFor();
      await page.getByRole('button', { name: 'Resume' }).waitFor();
      await page.getByText('Assigned').first().waitFor();
      await isAccessible();
    },
    PATIENCE_MS,
  );

  it('had no error on the browser’s console, and no violation of the content security policy', () => {
    expect(visitor.errors).toEqual([]);
  });
});
