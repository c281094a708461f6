import { beforeAll, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import type { Visitor } from '../../tools/console-browser.ts';
import { consoleInBrowser, PATIENCE_MS, whereBrowser } from './support/console-in-browser.ts';

/* The home page of a partner and of a customer, with SIMs that have used data and an alarm that has fired. */

const LOOK_MS = 60_000;

/** Slow enough that the month does not end during the journey, fast enough that usage is collected every two seconds. */
const DAY_MS = 20_000;

type Id = { id: string };
type Page0<Item> = { items: Item[] };

whereBrowser('the home page', () => {
  const local = consoleInBrowser(() => ({ DAY_MS: String(DAY_MS) }));
  let visitor: Visitor;
  let page: Page;

  beforeAll(async () => {
    // The sign-in page creates the seeded users with their customer.
    await signInAs('admin@demo.example');
  }, PATIENCE_MS);

  async function signInAs(email: string): Promise<void> {
    await page?.context().close();
    visitor = await local.signIn(email);
    page = visitor.page;
  }

  const isFine = async () => {
    expect(await visitor.accessibilityViolations()).toEqual([]);
    expect(visitor.errors).toEqual([]);
  };
  const link = (name: string | RegExp) => page.getByRole('link', { name, exact: true });
  const heading = (name: string, level = 1) => page.getByRole('heading', { name, level, exact: true }).waitFor();
  const goHome = async () => {
    await page.goto(local.url);
    await heading('Home');
  };

  it(
    'of a partner without SIMs asks for nothing',
    async () => {
      await page.getByText('Nothing needs your attention.').waitFor();
      await page.getByText('No usage has been reported this month.').waitFor();
      await heading('Fleet by state', 2);
      await isFine();
    },
    PATIENCE_MS,
  );

  it(
    'of a partner shows what needs attention, true numbers of SIMs, and the usage of the month',
    async () => {
      await useData();
      await goHome();
      await link('20 SIMs wait in holding').waitFor();
      await link('Northwind pool has used 85% of its allowance').waitFor();
      await page.getByText('Your SIMs have used 85 MB.').waitFor();
      await page.getByText('85 MB of 100 MB').waitFor();
      await link('One alarm has fired this month').waitFor();
      // The dates of the two latest orders.
      await page.locator('time[title$=UTC]').nth(1).waitFor();
      expect(await fleet()).toEqual({ in_holding: '20', active: '20', suspended: '0' });
      await isFine();
    },
    PATIENCE_MS,
  );

  it(
    'of a partner counts the SIMs of a service that are near the allowance of each',
    async () => {
      // Meters as a service on which each SIM has an allowance of 100 MB.
      await changeAnswers('**/v1/service-usage?*', ({ items = [], ...answer }) => ({
        ...answer,
        items: items.map((item) =>
          item.name === 'Meters' ? { ...item, pooling: 'per_sim', allowanceBytes: 100e6, usedPercent: 120 } : item,
        ),
      }));
      await changeAnswers('**/v1/partner-services/*/usage', (answer) => ({
        ...answer,
        allowanceBytes: 100e6,
        topSims: [120e6, 100e6, 80e6, 79e6].map((bytes, index) => ({ iccid: `894400000000000000${index}`, bytes })),
      }));
      await goHome();
      await link('3 SIMs on Meters have used at least 80% of their allowance (highest: 120%)').waitFor();
      await isFine();
      await page.unrouteAll();
    },
    PATIENCE_MS,
  );

  it(
    'leads to the SIMs of a state, and to the alarm that has fired',
    async () => {
      await link('20 SIMs wait in holding').click();
      await page.waitForURL(/\/sims\?state=in_holding/);
      await goHome();
      await link('One alarm has fired this month').click();
      await heading('Alarm firings');
      await page.getByText('85 MB').waitFor();
      await isFine();
      await link('Pool at 80 %').click();
      await heading('Pool at 80 %');
    },
    PATIENCE_MS,
  );

  it(
    'leads to the service and to the SIM that has used most, which show the same usage',
    async () => {
      await goHome();
      await link('Northwind pool has used 85% of its allowance').click();
      await heading('Northwind pool');
      await page.getByText('85 MB of 100 MB').waitFor();
      const sim = page
        .getByRole('table')
        .getByRole('link', { name: /^89\d+$/ })
        .first();
      const iccid = (await sim.textContent()) ?? '';
      await sim.click();
      await page.getByRole('heading', { name: iccid, level: 1 }).waitFor();
      // The chart's description, which screen readers read.
      await page.getByText('85 MB in the last 30 days').first().waitFor({ state: 'attached' });
      await isFine();
      // A year of months, most of them without usage.
      await page.getByRole('button', { name: 'Months', exact: true }).click();
      await page.getByText('85 MB in the last twelve months (UTC)').first().waitFor({ state: 'attached' });
      expect(
        await page
          .locator('svg text')
          .filter({ hasText: /^[A-Z][a-z]+ \d{4}$/ })
          .count(),
      ).toBe(12);
      await isFine();
    },
    PATIENCE_MS,
  );

  it(
    'of a customer shows their own SIMs, services and firings',
    async () => {
      await signInAs('customer@northwind.example');
      await link('Northwind pool has used 85% of its allowance').waitFor();
      await page.getByText('Your SIMs have used 85 MB.').waitFor();
      expect(await fleet()).toEqual({ active: '20', suspended: '0' });
      expect(await page.getByText(/in holding/i).count()).toBe(0);
      expect(await link('Alarms').count()).toBe(0);
      await isFine();
      await page.getByRole('navigation').getByRole('link', { name: 'Alarm firings' }).click();
      await heading('Alarm firings');
      await link('Pool at 80 %').waitFor();
      await isFine();
    },
    PATIENCE_MS,
  );

  type Answer = { items?: { name: string }[] };

  /** Changes the answers to requests of the page. */
  const changeAnswers = (requests: string, change: (answer: Answer) => object) =>
    page.route(requests, async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, json: change(await response.json()) });
    });

  /** The numbers that the page shows for some states. */
  async function fleet(): Promise<Record<string, string>> {
    const shown: Record<string, string> = {};
    await page.locator('a[href="/sims?state=active"]').waitFor();
    for (const state of ['in_holding', 'active', 'suspended']) {
      const numbers = page.locator(`a[href="/sims?state=${state}"]`).filter({ hasText: /^[\d,]+\+?$/ });
      if ((await numbers.count()) > 0) {
        shown[state] = (await numbers.first().textContent()) ?? '';
      }
    }
    return shown;
  }

  /** Twenty active SIMs of the seeded customer and twenty in holding. One active SIM uses most of the pool. */
  async function useData(): Promise<void> {
    const { as, setClock } = local.api;
    const api = await as({ partnerId: 'demo', roles: ['admin'] });
    const get = async <Body>(path: string): Promise<Body> => JSON.parse(await api('GET', path));
    const post = async (path: string, body: object): Promise<Id> => JSON.parse(await api('POST', path, body));

    await api('PUT', '/_local/operators/a1', { leadTimeDays: 0 });
    // A whole month is left.
    const { now }: { now: string } = await get('/_local/clock');
    const month = new Date(now);
    await setClock({ now: new Date(Date.UTC(month.getUTCFullYear(), month.getUTCMonth() + 1, 2)).toISOString() });

    const { items: customers } = await get<Page0<Id>>('/v1/customers?q=Northwind');
    const customerId = customers[0]?.id ?? '';
    const { id: customerServiceId } = await post('/v1/customer-services', {
      customerId,
      tariffId: 'trf_customer_pool',
      name: 'Northwind pool',
    });
    const { id: partnerServiceId } = await post('/v1/partner-services', {
      name: 'Meters',
      tariffId: 'trf_partner_all',
    });
    const plan = { partnerServiceId, customerId, customerServiceId, activate: true };
    const { id: active } = await post('/v1/orders', { operatorId: 'a1', quantity: 20, plan });
    const { id: held } = await post('/v1/orders', { operatorId: 'a1', quantity: 20 });
    await post('/v1/alarms', {
      name: 'Pool at 80 %',
      scope: { customerServiceId },
      measure: 'pool',
      threshold: { percent: 80 },
      action: 'notify',
    });
    const stateOf = async (id: string) => (await get<{ state: string }>(`/v1/orders/${id}`)).state;
    await until(async () => (await stateOf(active)) === 'fulfilled' && (await stateOf(held)) === 'delivered');
    const { items: sims } = await get<Page0<{ iccid: string }>>(`/v1/orders/${active}/sims?limit=1`);
    await api('POST', '/_local/operators/a1/usage', { iccid: sims[0]?.iccid, bytes: 85_000_000 });
    await until(async () => (await get<Page0<object>>('/v1/alarm-firings')).items.length > 0);
  }

  async function until(isSo: () => Promise<boolean>): Promise<void> {
    const deadline = Date.now() + LOOK_MS * 2;
    while (!(await isSo())) {
      if (Date.now() > deadline) {
        throw new Error('It took too long.');
      }
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
});
