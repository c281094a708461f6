import { beforeAll, expect, it } from '@jest/globals';
import { withCheckDigit } from '../../domain/iccid.ts';
import { operatorByHand } from '../../local/operator-settings.ts';
import type { Visitor } from '../../tools/console-browser.ts';
import { type ConsoleInBrowser, consoleInBrowser, PATIENCE_MS, whereBrowser } from './support/console-in-browser.ts';

/* An order at an operator without an API, by clicks: the partner orders, and the wholesaler's staff do the rest. */

const DAY_MS = 24 * 3_600_000;

/** Time that the journey lets pass at a time. The operator has seven days for a change, so that there is plenty of it. */
const STEP_MS = 10 * 60_000;

const iccids = Array.from({ length: 10 }, (_, index) =>
  withCheckDigit(`8949777990001${String(index).padStart(5, '0')}`),
);
const mistyped = (iccid: string) => iccid.slice(0, -1) + ((Number(iccid.at(-1)) + 1) % 10);

whereBrowser('the desk', () => {
  const local = consoleInBrowser();
  const { api } = local;
  let desk: Visitor;

  beforeAll(async () => {
    await createOperatorByHand(api);
  }, PATIENCE_MS);

  const press = (name: string | RegExp) => desk.page.getByRole('button', { name, exact: true }).click();
  const record = () => desk.page.getByRole('dialog').getByRole('button', { name: 'Record' }).click();
  const isAccessible = async () => expect(await desk.accessibilityViolations()).toEqual([]);

  /** Lets time pass until the page shows something. */
  async function untilShown(text: string): Promise<void> {
    const shown = desk.page.getByText(text).first();
    while (!(await shown.isVisible())) {
      await api.moveClock(STEP_MS);
      await desk.page.waitForTimeout(250);
    }
  }

  const uploadSims = (rows: readonly string[]) =>
    desk.page
      .locator('input[type=file]')
      .setInputFiles({ name: 'sims.csv', mimeType: 'text/csv', buffer: Buffer.from(['iccid', ...rows].join('\n')) });

  it(
    'is open to the platform’s staff, who see an order of a partner',
    async () => {
      const { page } = await local.signIn('admin@demo.example');
      const choose = async (label: string, option: string) => {
        await page.getByRole('button', { name: new RegExp(`^${label}`) }).click();
        await page.getByRole('option', { name: option }).first().click();
      };
      const next = () => page.getByRole('button', { name: 'Next', exact: true }).click();
      await page.getByRole('button', { name: 'Order SIMs' }).click();
      await choose('Operator', operatorByHand.name);
      await page.getByLabel('Quantity').fill(String(iccids.length));
      await page.getByText(/^The 10 SIMs are expected between /).waitFor();
      await next();
      await page.getByText('1 Harbour Exchange Square').waitFor();
      await next();
      await page.getByRole('radio', { name: 'Put the SIMs into service' }).check();
      await choose('Partner service', 'By hand');
      await choose('Customer – optional', 'Hydro AG');
      await choose('Customer service', 'Hydro');
      await next();
      await page.getByRole('button', { name: 'Place order' }).click();
      await page.getByText(/^Order ord_\w+ was placed\.$/).waitFor();

      desk = await local.signIn('desk@wholesaler.example');
      await desk.page.getByRole('heading', { name: operatorByHand.name, level: 3 }).waitFor();
      const toAccept = desk.page.getByRole('link', { name: 'Orders to accept: 1' });
      expect(await toAccept.count()).toBe(2);
      await desk.page.getByRole('link', { name: /^ord_/ }).waitFor();
      await isAccessible();
      // The link of the operator.
      await toAccept.last().click();
      await desk.page.waitForURL('**/desk/orders?state=submitted&operatorId=portal');
      await desk.page.getByRole('row').filter({ hasText: operatorByHand.name }).waitFor();
      await isAccessible();
      await desk.page.getByRole('link', { name: /^ord_/ }).click();
      await desk.page.getByRole('button', { name: 'Accept' }).waitFor();
      await desk.page.getByText('Nano SIM').waitFor();
      await desk.page.getByText(/1 Harbour Exchange Square, London E14 9GE, GB$/).waitFor();
      await desk.page.getByRole('link', { name: 'Demo Connectivity Ltd' }).waitFor();
      await isAccessible();
    },
    PATIENCE_MS,
  );

  it(
    'records that the operator accepted and dispatched the order',
    async () => {
      await press('Accept');
      await desk.page.getByLabel('Operator’s reference').fill('PM-4711');
      await isAccessible();
      await record();
      await desk.page.getByText('The order is accepted.').waitFor();
      await press('Dispatch');
      await desk.page.getByLabel('Carrier').fill('UPS');
      await record();
      await desk.page.getByText('The order is dispatched.').waitFor();
    },
    PATIENCE_MS,
  );

  it(
    'loads a SIM list without its bad row, then the corrected row',
    async () => {
      const [last = '', ...others] = iccids.toReversed();
      await uploadSims([...others, mistyped(last)]);
      await desk.page.getByText('9 of 10 rows can be loaded').waitFor();
      await desk.page
        .getByRole('row')
        .filter({ hasText: mistyped(last) })
        .waitFor();
      await press('Load 9 SIMs');
      await desk.page.getByText('9 of 10 SIMs').waitFor();

      await press('Deliver');
      await desk.page.getByText('Only 9 of 10 SIMs are loaded.').waitFor();
      await press('Cancel');

      await uploadSims(iccids);
      await desk.page.getByText('Loaded before: 9.').waitFor();
      await press('Load 1 SIM');
      await desk.page.getByText('10 of 10 SIMs').waitFor();
    },
    PATIENCE_MS,
  );

  it(
    'records the delivery, and completes the task that the plan brings',
    async () => {
      await press('Deliver');
      await desk.page.getByText('All 10 SIMs are loaded.').waitFor();
      await record();
      await desk.page.getByText('The order is delivered.').waitFor();
      const order = desk.page.url();

      await desk.page.getByRole('link', { name: 'Manual tasks' }).click();
      await untilShown('Activate SIMs');
      await desk.page.getByRole('link', { name: 'Activate SIMs' }).click();
      await desk.page
        .getByRole('row')
        .filter({ hasText: iccids[9] ?? '' })
        .waitFor();
      const [file] = await Promise.all([desk.page.waitForEvent('download'), press('Download CSV')]);
      expect(file.suggestedFilename()).toMatch(/^tsk_.+\.csv$/);

      await press('Complete');
      await desk.page.getByText('Changed SIMs: 10. Refused SIMs: 0.').waitFor();
      await desk.page.getByRole('dialog').getByRole('button', { name: 'Complete' }).click();
      await desk.page.getByText('The task is completed.').waitFor();

      await desk.page.goto(order);
      await untilShown('Fulfilled');
      await isAccessible();
    },
    PATIENCE_MS,
  );

  it(
    'sees that an order is late, and redrives it under the failed work when it has failed',
    async () => {
      const partner = await api.as({ partnerId: 'demo', roles: ['admin'] });
      const { id }: { id: string } = JSON.parse(
        await partner('POST', '/v1/orders', { operatorId: 'portal', quantity: 10, reference: 'Depot 7' }),
      );
      await api.moveClock(20 * DAY_MS);
      await desk.page.goto(`${local.url}/desk/orders/demo/${id}`);
      await desk.page.getByText(/^Late: /).waitFor();
      await isAccessible();

      await api.moveClock(75 * DAY_MS);
      await untilShown('The operator did not deliver within 90 days. Redrive the order to continue it.');
      await isAccessible();
      await press('Open failed work');
      const row = desk.page.getByRole('row').filter({ hasText: id });
      await row.getByText('The operator did not deliver within 90 days').waitFor();
      await isAccessible();
      await desk.page.goto(local.url);
      const failedWork = desk.page.getByRole('link', { name: 'Failed work: 1' });
      await failedWork.waitFor();
      expect(await desk.page.getByText(/^Nothing needs|^No orders/).count()).toBe(0);
      await failedWork.click();
      await row.getByRole('link', { name: id }).click();
      await desk.page.getByRole('heading', { name: 'Order Depot 7' }).waitFor();
      await press('Open failed work');
      await desk.page.getByRole('button', { name: `Redrive ${id}` }).click();
      await desk.page.getByText('The work is retried within a minute.').waitFor();
    },
    PATIENCE_MS,
  );

  it('had no error on the browser’s console, and no violation of the content security policy', () => {
    expect(desk.errors).toEqual([]);
  });
});

/** An operator by hand with services of the demo partner. From then on time only passes as the journey lets it. */
async function createOperatorByHand(api: ConsoleInBrowser['api']): Promise<void> {
  await api.setClock({ held: true });
  const platform = await api.as({ roles: ['platform'] });
  const partner = await api.as({ partnerId: 'demo', roles: ['admin'] });
  await platform('PUT', '/v1/platform/operators/portal', operatorByHand);
  // The first request of a partner creates it on a local cloud.
  await partner('GET', '/v1/partner');
  for (const audience of ['partner', 'customer']) {
    const tariff = `trf_hand_${audience}`;
    await platform('PUT', `/v1/platform/tariffs/${tariff}`, {
      name: `By hand for ${audience}s`,
      operatorIds: ['portal'],
      networks: ['Portal'],
      allowanceBytes: 1_000_000_000,
      pooling: 'per_sim',
      minimumTermMonths: 0,
      monthlyPrice: { amount: '1.00', currency: 'EUR' },
      audience,
    });
    await platform('PUT', `/v1/platform/partners/demo/tariffs/${tariff}`);
  }
  await partner('POST', '/v1/partner-services', { name: 'By hand', tariffId: 'trf_hand_partner' });
  const customer: { id: string } = JSON.parse(
    await partner('POST', '/v1/customers', { name: 'Hydro AG', shortName: 'Hydro' }),
  );
  await partner('POST', '/v1/customer-services', { customerId: customer.id, tariffId: 'trf_hand_customer' });
}
