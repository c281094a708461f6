import { beforeAll, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { type Visitor, windows } from '../../tools/console-browser.ts';
import { clicksOn } from './support/clicks.ts';
import { consoleInBrowser, PATIENCE_MS, whereBrowser } from './support/console-in-browser.ts';

/* What partners do with many SIMs at once: previews, lists, labels, schedules and a replacement, by clicks alone. */

type Call = (method: string, path: string, body?: unknown) => Promise<string>;
type Sim = { iccid: string; state: string; orderId?: string; imsi?: string };

/** Reads again until the answer is as expected. */
async function until<Answer>(read: () => Promise<Answer>, isDone: (answer: Answer) => boolean): Promise<Answer> {
  for (;;) {
    const answer = await read();
    if (isDone(answer)) {
      return answer;
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

const readSims = async (call: Call, query = ''): Promise<Sim[]> =>
  JSON.parse(await call('GET', `/v1/sims?limit=200${query}`)).items;

/** Runs an action, and waits until its operation has ended. */
async function run(call: Call, action: string, iccids: readonly string[], target: object = {}): Promise<void> {
  const { id }: { id: string } = JSON.parse(
    await call('POST', `/v1/sims/${action}`, { select: { iccids }, ...target }),
  );
  const { state } = await until(
    async (): Promise<{ state: string }> => JSON.parse(await call('GET', `/v1/operations/${id}`)),
    (operation) => !['queued', 'running'].includes(operation.state),
  );
  expect(state).toBe('succeeded');
}

/** Of 50 SIMs, 10 stay in holding, 10 are in stock, 27 are assigned and 3 are active. */
async function prepareSims(
  call: Call,
): Promise<{ holding: string[]; stock: string[]; assigned: string[]; active: string[] }> {
  const { items: tariffs }: { items: { id: string; audience: string; operatorIds: string[] }[] } = JSON.parse(
    await call('GET', '/v1/tariffs?limit=200'),
  );
  const tariffOf = (audience: string) =>
    tariffs.find((tariff) => tariff.audience === audience && tariff.operatorIds.includes('3uk'))?.id;
  const create = async (path: string, body: object): Promise<string> => JSON.parse(await call('POST', path, body)).id;
  const partnerServiceId = await create('/v1/partner-services', { name: 'Meters', tariffId: tariffOf('partner') });
  const customerId = await create('/v1/customers', { name: 'Harbour Pumps Ltd' });
  const customerServiceId = await create('/v1/customer-services', {
    customerId,
    tariffId: tariffOf('customer'),
    name: 'Harbour fleet',
  });
  await create('/v1/orders', {
    operatorId: '3uk',
    quantity: 50,
    reference: 'PO 7',
    deliveryAddress: { name: 'Pumps', lines: ['1 Quay'], city: 'London', postalCode: 'E14 9GE', country: 'GB' },
  });
  const sims = await until(
    () => readSims(call, '&state=in_holding'),
    ({ length }) => length === 50,
  );
  const iccids = sims.map(({ iccid }) => iccid);
  const [holding, stock, active, assigned] = [
    iccids.slice(0, 10),
    iccids.slice(10, 20),
    iccids.slice(20, 23),
    iccids.slice(23),
  ];
  await run(call, 'migrate', iccids.slice(10), { partnerServiceId });
  await run(call, 'assign', iccids.slice(20), { customerId, customerServiceId });
  await run(call, 'activate', active);
  await until(
    () => readSims(call, '&state=active'),
    ({ length }) => length === active.length,
  );
  return { holding, stock, assigned, active };
}

whereBrowser('SIMs in the console', () => {
  const local = consoleInBrowser();
  const { api } = local;
  let visitor: Visitor;
  let page: Page;
  let call: Call;
  let sims: Awaited<ReturnType<typeof prepareSims>>;

  beforeAll(async () => {
    call = await api.as({ partnerId: 'demo', roles: ['admin'] });
    sims = await prepareSims(call);
    visitor = await local.signIn('admin@demo.example');
    page = visitor.page;
    await openSims();
  }, PATIENCE_MS);

  const { press, dialog, submit, fillDay } = clicksOn(() => page);
  const isAccessible = async () => expect(await visitor.accessibilityViolations()).toEqual([]);

  async function openSims(): Promise<void> {
    await page.getByRole('navigation').getByRole('link', { name: 'SIMs', exact: true }).click();
    await page.getByRole('heading', { name: 'SIMs', level: 1 }).waitFor();
  }

  async function openMenu(menu: string, item: string): Promise<void> {
    await press(menu);
    await page.getByRole('menuitem', { name: item, exact: true }).click();
  }

  async function pasteList(list: string, submitName: string): Promise<void> {
    await openMenu('Lists and files', 'Select by a list of ICCIDs');
    await dialog().getByLabel('ICCIDs', { exact: true }).fill(list);
    await submit(submitName);
    await dialog().waitFor({ state: 'detached' });
  }

  it(
    'previews an action on all that match with the reasons for the SIMs that cannot, and shows their results',
    async () => {
      await press('Select all that match');
      await openMenu('Actions', 'Activate');
      await dialog().getByText('27 SIMs will be activated').waitFor();
      await dialog().getByText('3 SIMs are active already').waitFor();
      await dialog().getByText('20 SIMs cannot be activated').waitFor();
      await dialog().getByText('10: In the holding service: migrate first').waitFor();
      await dialog().getByText('10: No customer: assign first').waitFor();
      await dialog().getByText('Show SIMs and reasons').click();
      await dialog()
        .getByText(new RegExp(`^${sims.holding[0]}: `))
        .waitFor();
      await isAccessible();
      // The whole fleet is confirmed with its number, which the preview shows.
      await dialog().getByText('50 SIMs match.').waitFor();
      await dialog().getByRole('heading', { name: 'Activate all 50 SIMs' }).waitFor();
      const number = dialog().getByLabel('Type 50 to confirm');
      const button = dialog().getByRole('button', { name: 'Activate', exact: true });
      await number.fill('49');
      expect(await button.isDisabled()).toBe(true);
      await number.fill('50');
      await submit('Activate');
      await page.getByText('Partly succeeded').waitFor();
      await page.getByRole('main').getByText('admin@demo.example').waitFor();
      await page.getByRole('button', { name: 'Retry 20 failed SIMs' }).waitFor();
      await isAccessible();
    },
    PATIENCE_MS,
  );

  it(
    'shows states by name, how many SIMs there are, and the filter by a state that was searched for',
    async () => {
      await openSims();
      await page.getByText('50 SIMs', { exact: true }).waitFor();
      const find = page.getByRole('combobox', { name: 'Find SIMs' });
      await find.fill('in stock');
      await find.press('Enter');
      await page.getByText('Labels, tags and numbers are searched for “in stock”.').waitFor();
      await page.getByText('0 SIMs match the filter').waitFor();
      await isAccessible();
      await press('Show SIMs in the state In stock');
      await page.getByText('State = In stock').waitFor();
      await page.getByText('10 SIMs match the filter').waitFor();
      expect(new URL(page.url()).search).toBe('?state=in_stock');
      await isAccessible();
    },
    PATIENCE_MS,
  );

  it(
    'shows the number of all SIMs that match before it is typed to terminate them',
    async () => {
      await page.goto(`${local.url}/sims?state=in_holding`);
      await press('Select all that match');
      await press('Actions');
      await page.getByRole('group', { name: 'Cannot be undone' }).getByRole('menuitem', { name: 'Terminate' }).click();
      await dialog()
        .getByText(/^A termination cannot be undone/)
        .waitFor();
      await dialog().getByText('10 SIMs will be terminated').waitFor();
      await dialog().getByText('10 SIMs match.').waitFor();
      await dialog().getByRole('heading', { name: 'Terminate 10 SIMs: State = In holding' }).waitFor();
      const button = dialog().getByRole('button', { name: 'Terminate', exact: true });
      expect(await button.isDisabled()).toBe(true);
      await dialog().getByLabel('Type 10 to confirm').fill('10');
      await isAccessible();
      expect(await button.isEnabled()).toBe(true);
      await press('Cancel');
      expect((await readSims(call, '&state=terminated')).length).toBe(0);
    },
    PATIENCE_MS,
  );

  it(
    'names the orders and services behind ids, in filters and operations',
    async () => {
      const [sim] = await readSims(call);
      await page.goto(`${local.url}/sims?orderId=${sim?.orderId}`);
      await page.getByText('Order = PO 7').waitFor();
      await page.goto(`${local.url}/operations?action=migrate`);
      await page.getByRole('row').getByRole('link', { name: 'Migrate' }).click();
      await page.getByRole('link', { name: 'Partner service Meters' }).waitFor();
      await isAccessible();
    },
    PATIENCE_MS,
  );

  it(
    'keeps the list in place when SIMs are selected, and numbers in one line on a phone',
    async () => {
      await page.setViewportSize({ width: 1280, height: 800 });
      await page.goto(`${local.url}/sims?state=in_holding`);
      const first = page.getByRole('checkbox', { name: /^Select \d+$/ }).first();
      await first.waitFor();
      await page.getByText('10 SIMs match the filter').waitFor();
      const topOf = async () => Math.round((await first.boundingBox())?.y ?? 0);
      const before = await topOf();
      await page.getByRole('checkbox', { name: 'Select all of this page' }).check();
      await page.getByText('10 selected').waitFor();
      expect(Math.abs((await topOf()) - before)).toBeLessThan(3);
      await isAccessible();
      await press('Clear selection');
      await page.getByText('10 selected').waitFor({ state: 'detached' });
      await page.setViewportSize(windows.phone);
      await page.getByRole('button', { name: 'Download CSV' }).waitFor();
      await isAccessible();
      const [sim] = await readSims(call, '&state=in_holding');
      await page.goto(`${local.url}/sims/${sim?.iccid}`);
      const imsi = page.getByText(sim?.imsi ?? '', { exact: true });
      await imsi.waitFor();
      expect((await imsi.boundingBox())?.height).toBeLessThan(30);
      await isAccessible();
      await page.setViewportSize(windows.desk);
      // Opens the navigation again, which a phone closes.
      await page.goto(`${local.url}/sims`);
    },
    PATIENCE_MS,
  );

  it(
    'reads a pasted list of ICCIDs, and shows what it does not understand',
    async () => {
      await openSims();
      await openMenu('Lists and files', 'Select by a list of ICCIDs');
      // A table has rows, and other texts have lines.
      await dialog()
        .getByLabel('ICCIDs', { exact: true })
        .fill(`site,iccid\n"Leeds,\nnorth",${sims.active[0]}\nYork,12345`);
      await dialog().getByText('Row 3, 12345: an ICCID has 19 or 20 digits, not 5').waitFor();
      const list = [...sims.active, sims.active[0], '12345'].join('\n');
      await dialog().getByLabel('ICCIDs', { exact: true }).fill(list);
      await dialog().getByText('1 repeated: each SIM counts once. Not ICCIDs: 1.').waitFor();
      await dialog().getByText('Line 5, 12345: an ICCID has 19 or 20 digits, not 5').waitFor();
      await isAccessible();
      await submit('Select 3 SIMs');
      await page.getByText('3 of a list selected').waitFor();
    },
    PATIENCE_MS,
  );

  it(
    'schedules an action on the list, shows that it waits, and cancels it',
    async () => {
      // The local cloud's days are short: the operation must not start meanwhile.
      await api.setClock({ held: true });
      await openMenu('Actions', 'Suspend');
      await dialog().getByText('3 SIMs will be suspended').waitFor();
      await dialog().getByRole('radio', { name: 'Later' }).check();
      const { now }: { now: string } = JSON.parse(await (await fetch(`${local.url}/_local/clock`)).text());
      const dayIn = (days: number) => new Date(Date.parse(now) + days * 86_400_000).toISOString().slice(0, 10);
      // A time that has passed would start the operation at once.
      await fillDay(dayIn(-2));
      await submit('Schedule');
      await dialog()
        .getByText(/^This time has passed/)
        .waitFor();
      await fillDay(dayIn(30));
      await dialog()
        .getByText(/^Starts on .*UTC\)\. The SIMs are checked again then\.$/)
        .waitFor();
      await isAccessible();
      await submit('Schedule');
      await page.getByRole('heading', { name: 'Suspend SIMs' }).waitFor();
      await page.getByText('Suspend: the operation is scheduled.', { exact: true }).waitFor();
      await page.getByText('Scheduled', { exact: true }).waitFor();
      await page.getByText(/^The operation starts on /).waitFor();
      await isAccessible();
      await page.getByRole('group', { name: 'SIMs' }).getByRole('link', { name: 'Operations' }).click();
      const row = page.getByRole('row').filter({ hasText: /Suspend.*Scheduled.*Starts / });
      await row.getByText('admin@demo.example').waitFor();
      await isAccessible();
      await row.getByRole('link', { name: 'Suspend' }).click();
      await press('Cancel operation');
      await dialog().getByText('It has not started, and no SIM has been changed.').waitFor();
      await isAccessible();
      await submit('Cancel');
      await page.getByText('Scheduled', { exact: true }).waitFor();
      await press('Cancel operation');
      await submit('Cancel operation');
      await page.getByText('Cancelled', { exact: true }).waitFor();
      await page.getByRole('main').getByText('Cancelled before it started. No SIM was changed.').first().waitFor();
      expect(await page.getByRole('progressbar').count()).toBe(0);
      await api.setClock({ held: false });
      expect((await readSims(call, '&state=suspended')).length).toBe(0);
    },
    PATIENCE_MS,
  );

  it(
    'names the fields of SIMs, and shows which name is refused',
    async () => {
      await page.getByRole('navigation').getByRole('link', { name: 'SIM fields' }).click();
      await press('Edit');
      await dialog().getByLabel('Names').fill('site\nSite');
      await submit('Save');
      await dialog()
        .getByText(/more than once/)
        .waitFor();
      await isAccessible();
      await dialog().getByLabel('Names').fill('site');
      await submit('Save');
      await page.getByText('The names were saved.').waitFor();
      await isAccessible();
      // Notifications are dismissed with a thumb, too.
      await page.setViewportSize(windows.phone);
      await page.getByRole('button', { name: 'Dismiss' }).first().waitFor();
      await isAccessible();
      await page.setViewportSize(windows.desk);
      // A message of success leaves with the page, and screen readers hear it before.
      const saved = page.getByText('The names were saved.', { exact: true });
      await saved.first().waitFor();
      await page.locator('[aria-live=polite]', { hasText: 'The names were saved.' }).waitFor({ state: 'attached' });
      await page.getByRole('link', { name: 'SIM fulfilment' }).click();
      await page.getByRole('heading', { name: 'Home', level: 1 }).waitFor();
      expect(await saved.count()).toBe(0);
      // Opens the navigation again, which a phone closes.
      await page.reload();
    },
    PATIENCE_MS,
  );

  it(
    'changes labels, tags and fields of a list, and finds the SIMs by their tag',
    async () => {
      await openSims();
      await pasteList(sims.active.join(' '), 'Select 3 SIMs');
      await openMenu('Actions', 'Label');
      await dialog().getByLabel('Add tags').fill('harbour, pumps');
      await dialog().getByLabel('Field: site').fill('x'.repeat(61));
      await dialog()
        .getByText(/60 characters/)
        .waitFor();
      await dialog().getByLabel('Field: site').fill('Quay 1');
      await dialog().getByText('3 SIMs will be changed').waitFor();
      await isAccessible();
      await submit('Label');
      await page.getByText('3 of 3 SIMs').waitFor();
      await page.getByText('site: Quay 1').waitFor();
      await isAccessible();
      await page.goto(`${local.url}/sims?tag=harbour`);
      await page.getByRole('row').filter({ hasText: 'Active' }).nth(2).waitFor();
      expect(await page.getByRole('row').filter({ hasText: 'Active' }).count()).toBe(3);
    },
    PATIENCE_MS,
  );

  it(
    'loads labels from a file, and reports the rows that it rejects',
    async () => {
      await openMenu('Lists and files', 'Upload labels');
      const rows = ['iccid,label,field:site', `${sims.active[0]},Pump 1,Quay 2`, '17,Pump 2,'];
      await dialog()
        .locator('input[type=file]')
        .setInputFiles({ name: 'labels.csv', mimeType: 'text/csv', buffer: Buffer.from(rows.join('\n')) });
      await dialog().getByText('1 of 2 rows can be loaded').waitFor();
      await dialog()
        .getByText(/an ICCID has 18 to 20 digits/)
        .waitFor();
      await isAccessible();
      await submit('Load 1 SIM');
      await dialog().getByText('1 of 2 rows was loaded').waitFor();
      await dialog().getByRole('button', { name: 'Close', exact: true }).last().click();
      await page.getByText('Pump 1').waitFor();
    },
    PATIENCE_MS,
  );

  it(
    'replaces a SIM by one in stock after a check, and links both',
    async () => {
      const [old, by] = [sims.active[0] ?? '', sims.stock[0] ?? ''];
      await page.getByRole('link', { name: old, exact: true }).click();
      await page.getByText('Quay 2').waitFor();
      await page
        .getByText(/by admin@demo\.example$/)
        .first()
        .waitFor();
      await isAccessible();
      await openMenu('More', 'Replace');
      await dialog()
        .getByRole('button', { name: /^New SIM/ })
        .click();
      await page.getByPlaceholder('Find by ICCID, number or label').fill(by);
      await page.getByRole('option', { name: by }).first().click();
      await dialog()
        .getByRole('button', { name: /^Reason/ })
        .click();
      await page.getByRole('option', { name: 'Faulty' }).click();
      await dialog().getByText('1 SIM will be replaced').waitFor();
      await isAccessible();
      await submit('Replace');
      await page.getByRole('heading', { name: 'Replace SIMs' }).waitFor();
      await page.getByText('1 of 1 SIM').waitFor({ timeout: 60_000 });
      await page.goto(`${local.url}/sims/${old}`);
      await page.getByText('Replaced by', { exact: true }).waitFor();
      await page.getByText(/^Terminated \d/).waitFor();
      await page.getByRole('link', { name: by }).click();
      await page.getByRole('heading', { name: `SIM ${by}` }).waitFor();
      await page.getByText('Replaces', { exact: true }).waitFor();
      await page.getByText('Quay 2').waitFor();
      await isAccessible();
    },
    PATIENCE_MS,
  );

  it(
    'cannot replace a SIM while none is in stock, and shows where SIMs come from',
    async () => {
      const rest = sims.stock.slice(1);
      await run(call, 'terminate', rest, { confirm: rest.length });
      await page.goto(`${local.url}/sims/${sims.active[1]}`);
      await openMenu('More', 'Replace');
      await dialog().getByText('No SIM is in stock', { exact: true }).waitFor();
      expect(
        await dialog()
          .getByRole('button', { name: /^Reason/ })
          .count(),
      ).toBe(0);
      expect(await dialog().getByText('Complete the form').count()).toBe(0);
      const toHolding = dialog().getByRole('link', { name: 'Migrate SIMs from holding' });
      expect(await toHolding.getAttribute('href')).toBe('/sims?state=in_holding');
      expect(await dialog().getByRole('button', { name: 'Replace', exact: true }).isDisabled()).toBe(true);
      await isAccessible();
      await dialog().getByRole('link', { name: 'Order SIMs' }).click();
      await page.getByText('Choose the operator, the product and the quantity.').waitFor();
    },
    PATIENCE_MS,
  );

  it('had no unexpected error, and no violation of the content security policy', () => {
    // Browsers log the answers that refuse a request, which these tests provoke.
    expect(visitor.errors.filter((error) => !/status of 422 /.test(error))).toEqual([]);
  });
});
