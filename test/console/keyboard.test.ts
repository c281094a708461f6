import { beforeAll, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import type { Visitor } from '../../tools/console-browser.ts';
import { consoleInBrowser, PATIENCE_MS, whereBrowser } from './support/console-in-browser.ts';

/* The console by keyboard and with a screen reader: where the focus is, and what is announced. */

whereBrowser('a user without a mouse', () => {
  const local = consoleInBrowser();
  let visitor: Visitor;
  let page: Page;

  beforeAll(async () => {
    visitor = await local.signIn('admin@demo.example');
    page = visitor.page;
  }, PATIENCE_MS);

  /** The text or label of the focused element. */
  const focused = () =>
    page.evaluate('document.activeElement.getAttribute("aria-label") ?? document.activeElement.textContent');
  const isFocusIn = (selector: string) =>
    page.evaluate(`document.activeElement.closest(${JSON.stringify(selector)}) !== null`);
  const heading = (name: string) => page.getByRole('heading', { name, level: 1, exact: true }).waitFor();

  it(
    'skips the header and the navigation with the first key',
    async () => {
      await page.keyboard.press('Tab');
      expect(await focused()).toBe('Skip to the page');
      await page.keyboard.press('Enter');
      expect(await page.evaluate('document.activeElement.id')).toBe('page');
      await page.keyboard.press('Tab');
      expect(await focused()).toBe('Order SIMs');
    },
    PATIENCE_MS,
  );

  it(
    'continues on the page that a link opens, whose title is shown and announced',
    async () => {
      expect(await page.title()).toBe('Home · SIM fulfilment');
      const link = page.getByRole('navigation').getByRole('link', { name: 'Customers', exact: true });
      await link.focus();
      await page.keyboard.press('Enter');
      await heading('Customers');
      expect(await page.title()).toBe('Customers · SIM fulfilment');
      expect(await page.evaluate('document.activeElement.id')).toBe('page');
      await page.locator('[aria-live=polite]', { hasText: /^Customers$/ }).waitFor({ state: 'attached' });
    },
    PATIENCE_MS,
  );

  it(
    'keeps the focus in a dialog, and gets it back when the dialog closes',
    async () => {
      await page.getByRole('button', { name: 'Create customer' }).focus();
      await page.keyboard.press('Enter');
      await page.getByRole('dialog').waitFor();
      for (let key = 0; key < 30; key += 1) {
        expect(await isFocusIn('[role=dialog]')).toBe(true);
        await page.keyboard.press('Tab');
      }
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      expect(await focused()).toBe('Create customer');
    },
    PATIENCE_MS,
  );

  it(
    'returns to a list by the path above a page',
    async () => {
      await page.getByRole('link', { name: 'Northwind Meters Ltd' }).focus();
      await page.keyboard.press('Enter');
      await heading('Northwind Meters Ltd');
      expect(await page.title()).toBe('Northwind Meters Ltd · SIM fulfilment');
      const path = page.getByRole('navigation', { name: 'Path to this page' });
      await path.getByText('Northwind Meters Ltd').first().waitFor();
      await path.getByRole('link', { name: 'Customers' }).focus();
      await page.keyboard.press('Enter');
      await heading('Customers');
    },
    PATIENCE_MS,
  );

  it('had no error, and no violation of the accessibility rules', async () => {
    expect(await visitor.accessibilityViolations()).toEqual([]);
    expect(visitor.errors).toEqual([]);
  });
});
