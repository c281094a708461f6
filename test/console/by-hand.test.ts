import { beforeAll, expect, it } from '@jest/globals';
import type { Locator, Page } from 'playwright-core';
import type { Visitor } from '../../tools/console-browser.ts';
import { clicksOn } from './support/clicks.ts';
import { consoleInBrowser, PATIENCE_MS, whereBrowser } from './support/console-in-browser.ts';

/* The job of a partner step by step, by clicks: an order without a plan, whose SIMs are migrated, assigned and activated by hand. */

const DAY_MS = 24 * 3_600_000;

/** The real length of a day: the month of the usage does not end before its alarm fires. The journey moves the clock itself. */
const REAL_DAY_MS = 20_000;

/** Browsers log the answers that refuse a request, which these tests provoke. */
const unexpected = (errors: readonly string[]) => errors.filter((error) => !/status of 412 /.test(error));

whereBrowser('by hand, a partner’s admin', () => {
  const local = consoleInBrowser(() => ({ DAY_MS: String(REAL_DAY_MS) }));
  const { api } = local;
  let visitor: Visitor;
  let page: Page;
  let order: string;
  let service: string;

  beforeAll(async () => {
    const partner = await api.as({ partnerId: 'demo', roles: ['admin'] });
    const { id }: { id: string } = JSON.parse(
      await partner('POST', '/v1/partner-services', { name: 'Meters', tariffId: 'trf_partner_all' }),
    );
    service = id;
    const customer: { id: string } = JSON.parse(await partner('POST', '/v1/customers', { name: 'Harbour Pumps Ltd' }));
    await partner('POST', '/v1/customer-services', {
      customerId: customer.id,
      tariffId: 'trf_customer_all',
      name: 'Pumps',
    });
    visitor = await local.signIn('admin@demo.example');
    page = visitor.page;
  }, PATIENCE_MS);

  const { press, dialog, submit, choose, fillDay } = clicksOn(() => page);
  const rowsWith = (text: string) => page.getByRole('row').filter({ hasText: text });
  const select = (text: string) => rowsWith(text).first().getByRole('checkbox').check();
  const isAccessible = async () => expect(await visitor.accessibilityViolations()).toEqual([]);

  /** The actions that the menu offers for the selected SIMs. */
  async function offered(): Promise<string[]> {
    await press('Actions');
    const items = page.getByRole('menuitem');
    await items.first().waitFor();
    return items.allInnerTexts();
  }

  /** Opens the list of the order's SIMs. */
  async function openSims(): Promise<void> {
    await page.goto(`${local.url}/sims?orderId=${order}`);
    await page.getByRole('row').nth(1).waitFor();
  }

  /** Repeats an action until the page shows something. */
  async function untilShown(sought: string | Locator, repeat: () => Promise<unknown>): Promise<void> {
    const shown = typeof sought === 'string' ? page.getByText(sought).first() : sought;
    while (!(await shown.isVisible())) {
      await repeat();
      await page.waitForTimeout(250);
    }
  }

  it(
    'sees the multiples and the delivery of a quantity as it is typed, and orders without a plan',
    async () => {
      // Time stands still while the plan is changed: it can be until the SIMs arrive.
      await api.setClock({ held: true });
      await press('Order SIMs');
      await choose('Operator', 'A1');
      await page.getByText('A multiple of 20, at most 100,000.').waitFor();
      await page.getByLabel('Quantity').fill('50');
      await page.getByText('Quantity must be a multiple of 20 for A1: 40 or 60, not 50.').waitFor();
      await press('Next');
      await press('Use 40');
      await page.getByText(/^The 40 SIMs are expected between /).waitFor();
      await isAccessible();
      await press('Next');
      await page.getByText('1 Harbour Exchange Square').waitFor();
      await press('Next');
      await press('Next');
      await page.getByText('No plan: the SIMs wait in holding until you migrate them.').waitFor();
      await press('Place order');
      await page.getByText(/^Order ord_\w+ was placed\.$/).waitFor();
      await page.waitForURL(/\/orders\/ord_/);
      order = page.url().split('/').at(-1) ?? '';
    },
    PATIENCE_MS,
  );

  it(
    'adds a plan afterwards, is shown who changed it meanwhile, and removes it',
    async () => {
      await press('Add plan');
      await dialog().getByRole('radio', { name: 'Put the SIMs into service' }).check();
      await choose('Partner service', 'Meters');
      await dialog().getByText('Checked: the plan can run for all 40 SIMs.').waitFor();
      await isAccessible();
      await submit('Save');
      await page.getByText('The plan was saved.').waitFor();
      await page.getByText('Migrate to Meters').waitFor();

      await press('Change plan');
      await choose('Customer', 'Harbour Pumps Ltd');
      const colleague = await api.as({ partnerId: 'demo', roles: ['admin'] });
      await colleague('DELETE', `/v1/orders/${order}/plan`);
      await colleague('PUT', `/v1/orders/${order}/plan`, { partnerServiceId: service, activate: false });
      await choose('Customer service', 'Pumps');
      await submit('Save');
      // The plan does the same as before, so that the colleague’s change is none.
      await page.getByText('Assign to Harbour Pumps Ltd, Pumps').waitFor();

      await press('Change plan');
      await dialog().getByRole('checkbox', { name: 'Activate the SIMs' }).uncheck();
      // Later than the changes before it, so that the journal has an order.
      await api.moveClock(60_000);
      await colleague('PUT', `/v1/orders/${order}/plan`, { partnerServiceId: service });
      await submit('Save');
      await dialog().getByText('Somebody else made a change meanwhile').waitFor();
      await dialog().getByText('Latest change by local|demo:').waitFor();
      await isAccessible();
      await submit('Load current values');
      await dialog().getByRole('radio', { name: 'Keep the SIMs in holding' }).check();
      await submit('Save');
      await page.getByText('The plan was removed. The SIMs will wait in holding.').waitFor();
    },
    PATIENCE_MS,
  );

  it(
    'sees what a cancellation brings about, keeps the order, and follows it until it is delivered',
    async () => {
      await press('Cancel order');
      await dialog().getByText('A1 does not deliver the 40 SIMs.').waitFor();
      await isAccessible();
      await submit('Cancel');
      await api.setClock({ held: false });
      // The timeline moves on its own.
      const timeline = page.getByRole('list', { name: 'Timeline' });
      await untilShown(timeline.getByText('Delivered: the SIMs are in holding'), () => api.moveClock(DAY_MS / 4));
      await page.getByText('40 of 40 SIMs').waitFor();
      await timeline.getByText('Dispatched').waitFor();
      await page.getByRole('button', { name: 'Add plan' }).waitFor({ state: 'detached' });
      await page.getByRole('button', { name: 'Cancel order' }).waitFor({ state: 'detached' });
      await press('Show the SIMs of this order');
      await rowsWith('In holding').nth(39).waitFor();
    },
    PATIENCE_MS,
  );

  it(
    'cannot assign SIMs in holding, and sees why when others are among them',
    async () => {
      await select('In holding');
      expect(await offered()).not.toContain('Assign');
      await page.getByRole('menuitem', { name: 'Migrate' }).click();
      await choose('Partner service', 'Meters');
      await dialog().getByText('1 SIM will be migrated').waitFor();
      await submit('Migrate');
      await page.getByText('1 of 1 SIM').waitFor();

      await openSims();
      await select('In stock');
      await select('In holding');
      await press('Actions');
      await page.getByRole('menuitem', { name: 'Assign' }).click();
      await choose('Customer', 'Harbour Pumps Ltd');
      await choose('Customer service', 'Pumps');
      await dialog().getByText('1 SIM will be assigned').waitFor();
      await dialog().getByText('1 SIM cannot be assigned').waitFor();
      await dialog().getByText('In the holding service: migrate first').waitFor();
      await isAccessible();
      await submit('Assign');
      await page.getByText('Partly succeeded').first().waitFor();
      await rowsWith('In the holding service: migrate first').waitFor();
    },
    PATIENCE_MS,
  );

  it(
    'activates an assigned SIM now, and schedules its suspension',
    async () => {
      await openSims();
      await select('Assigned');
      await press('Actions');
      await page.getByRole('menuitem', { name: 'Activate' }).click();
      await dialog().getByText('1 SIM will be activated').waitFor();
      await submit('Activate');
      await page.getByRole('heading', { name: 'Activate SIMs' }).waitFor();
      await openSims();
      await untilShown('Active', async () => {
        await api.moveClock(DAY_MS / 24);
        await openSims();
      });

      await api.setClock({ held: true });
      const now = Date.parse(await api.now());
      await openSims();
      await select('Active');
      await press('Actions');
      await page.getByRole('menuitem', { name: 'Suspend' }).click();
      await dialog().getByRole('radio', { name: 'Later' }).check();
      const day = new Date(now + 2 * DAY_MS).toISOString().slice(0, 10);
      await fillDay(day);
      await dialog()
        .getByText(/^Starts on /)
        .waitFor();
      await dialog().getByText('1 SIM will be suspended').waitFor();
      await isAccessible();
      await submit('Schedule');
      await page.getByText('Suspend: the operation is scheduled.').waitFor();
      await page.getByText('Scheduled', { exact: true }).first().waitFor();
      await untilShown('1 of 1 SIM', () => api.moveClock(DAY_MS));
      await api.setClock({ held: false });
      await page.getByText('Succeeded', { exact: true }).first().waitFor();
    },
    PATIENCE_MS,
  );

  it(
    'creates an alarm on a SIM, which fires after usage and is listed under its firings',
    async () => {
      const partner = await api.as({ partnerId: 'demo', roles: ['admin'] });
      const { items }: { items: { iccid: string }[] } = JSON.parse(
        await partner('GET', `/v1/sims?orderId=${order}&state=suspended`),
      );
      const iccid = items[0]?.iccid ?? '';
      await page.getByRole('navigation').getByRole('link', { name: 'Alarms', exact: true }).click();
      await press('Create alarm');
      await dialog().getByLabel('Name', { exact: true }).fill('Over 1 GB');
      await choose('Watches', 'One SIM');
      await dialog().getByLabel('ICCID').fill(iccid);
      await dialog().getByLabel('Threshold').fill('1');
      await choose('Unit', 'GB');
      await submit('Create alarm');
      await page.getByRole('heading', { name: 'Over 1 GB', level: 1 }).waitFor();
      await page.getByText('The alarm has not fired').waitFor();
      await api.use('a1', { iccid, bytes: 3_000_000_000 });
      await untilShown('3 GB', async () => {
        await page.reload();
        await page.getByRole('heading', { name: 'Over 1 GB', level: 1 }).waitFor();
        await page.waitForTimeout(750);
      });
      await rowsWith(iccid).filter({ hasText: '3 GB' }).waitFor();
      await isAccessible();

      // A second alarm does not fire at once for what the SIM has used before.
      await page.getByRole('group', { name: 'Customers' }).getByRole('link', { name: 'Alarms', exact: true }).click();
      await press('Create alarm');
      await dialog().getByLabel('Name', { exact: true }).fill('Over 2 GB');
      await choose('Watches', 'One SIM');
      await dialog().getByLabel('ICCID').fill(iccid);
      await dialog().getByLabel('Threshold').fill('2');
      await choose('Unit', 'GB');
      await submit('Create alarm');
      await page.getByText(/^Over 2 GB was created\. One SIM has already reached the threshold this month\./).waitFor();
      await page.getByText('The alarm has not fired').waitFor();
    },
    PATIENCE_MS,
  );

  it('had no unexpected error, and no violation of the content security policy', () => {
    expect(unexpected(visitor.errors)).toEqual([]);
  });
});
