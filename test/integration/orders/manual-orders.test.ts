import { beforeAll, describe, expect, test } from '@jest/globals';
import type { ApiResponse } from '../support/api-client.ts';
import { eventually, useLocalCloud } from '../support/local-cloud.ts';
import { grantTariffs, newIccids, settingsByHand } from '../support/operators-by-hand.ts';
import { is, type Order, type Page, type Plan } from '../support/partner.ts';
import { expectInvalid, expectProblem } from '../support/problems.ts';

const cloud = useLocalCloud();
const acme = cloud.partner('acme-manual');
const platform = cloud.as({ roles: ['platform'] });
const csv = { 'content-type': 'text/csv' };

/** SIMs are changed over an API, so a plan finishes without the staff. */
const settings = { ...settingsByHand, connectivity: 'api', platform: { kind: 'sim-fulfilment' } };

type PartnerOrder = Order & { partnerId: string };
type LoadedFile = {
  rows: number;
  loaded: number;
  alreadyLoaded: number;
  rejected: number;
  errors: { row: number; iccid?: string; code: string; message: string }[];
};
type ManualTask = { id: string; orderId?: string; action: string; state: string; count: number };

const pathOf = (orderId: string, report = '') => `/v1/platform/partners/${acme.id}/orders/${orderId}${report}`;
const report = <T = PartnerOrder>(orderId: string, what: string, body: unknown): Promise<ApiResponse<T>> =>
  platform.post<T>(pathOf(orderId, `/${what}`), body);
const load = async (orderId: string, text: string, query = '') =>
  is(200, await platform.post<LoadedFile>(pathOf(orderId, `/sims${query}`), text, csv));
const accept = async (orderId: string) => is(200, await report(orderId, 'accept', { operatorReference: 'PM-1' }));

const simFile = (listed: readonly string[]) => `iccid\r\n${listed.join('\r\n')}\r\n`;

async function anOrder(quantity = 10, fields: { plan?: Plan } = {}): Promise<Order> {
  return acme.orders({ operatorId: 'portal', quantity, ...fields });
}

/** A day of the cloud's clock, `YYYY-MM-DD`. */
async function dayFromNow(days: number): Promise<string> {
  return new Date((await cloud.clock.now()).getTime() + days * 86_400_000).toISOString().slice(0, 10);
}

async function aDispatchedOrder(quantity = 10): Promise<Order> {
  const { id } = await anOrder(quantity);
  await accept(id);
  return is(200, await report(id, 'dispatch', {}));
}

beforeAll(async () => {
  await platform.put('/v1/platform/operators/portal', settings);
  await grantTariffs(platform, acme, 'portal', ['portal', 'a1']);
});

describe('a manual order', () => {
  test('goes all its way as the staff report it, and its plan runs', async () => {
    const partnerService = await acme.aPartnerService({ tariffId: 'trf_portal_partner' });
    const { customer, service } = await acme.aCustomerWithService({ tariffId: 'trf_portal_customer' });
    const contact = { name: 'Ines', email: 'ines@acme.example' };
    const [requestedDeliveryDate, expectedDelivery] = [await dayFromNow(60), await dayFromNow(50)];
    const placed = is(
      201,
      await acme.api.post<Order>('/v1/orders', {
        operatorId: 'portal',
        quantity: 20,
        productId: 'chip',
        contact,
        requestedDeliveryDate,
        plan: {
          partnerServiceId: partnerService.id,
          customerId: customer.id,
          customerServiceId: service.id,
        },
      }),
    );
    expect(placed).toMatchObject({
      state: 'submitted',
      productId: 'chip',
      contact,
      requestedDeliveryDate,
    });
    const { items } = is(
      200,
      await platform.get<Page<PartnerOrder>>('/v1/platform/orders?operatorId=portal&state=submitted'),
    );
    // The execution of the order has stored its token meanwhile, or will.
    const { version: _version, ...listed } = placed;
    expect(items.find(({ id }) => id === placed.id)).toMatchObject({ ...listed, partnerId: acme.id });

    const accepted = await report(placed.id, 'accept', { operatorReference: 'PM-77', expectedDelivery });
    expect(is(200, accepted)).toMatchObject({
      state: 'accepted',
      operatorReference: 'PM-77',
      estimatedDelivery: { earliest: expectedDelivery, latest: expectedDelivery },
    });
    const shipment = { trackingReference: 'PARCEL-9', carrier: 'DHL' };
    expect(is(200, await report(placed.id, 'dispatch', shipment))).toMatchObject({ state: 'dispatched', ...shipment });

    const [first, second] = [newIccids(12), newIccids(8)];
    expect(await load(placed.id, simFile(first))).toEqual({
      rows: 12,
      loaded: 12,
      alreadyLoaded: 0,
      rejected: 0,
      errors: [],
    });
    expect(await load(placed.id, simFile([...first, ...second]))).toMatchObject({ loaded: 8, alreadyLoaded: 12 });
    expect(await acme.order(placed.id)).toMatchObject({ state: 'dispatched', progress: { received: 20 } });

    expect(is(200, await report(placed.id, 'deliver', {}))).toMatchObject({ state: 'delivered', receivedQuantity: 20 });
    const fulfilled = await acme.orderIn(placed.id, 'fulfilled');
    expect(fulfilled.progress).toEqual({ received: 20, migrated: 20, assigned: 20, activated: 0, failed: 0 });
    expect(await acme.statesOf(placed.id)).toEqual(['submitted', 'accepted', 'dispatched', 'delivered', 'fulfilled']);
    const sims = await acme.sims({ orderId: placed.id });
    expect(sims.map(({ iccid }) => iccid)).toEqual([...first, ...second].sort());
    expect(sims.every(({ state, customerId }) => state === 'assigned' && customerId === customer.id)).toBe(true);
  });

  test('that comes short has a shortfall, and no more SIMs can be loaded', async () => {
    const { id } = await aDispatchedOrder(20);
    await load(id, simFile(newIccids(19)));
    is(200, await report(id, 'deliver', {}));
    expect((await acme.eventsOf(id)).at(-1)).toMatchObject({
      type: 'order.shortfall',
      detail: '19 of 20 SIMs were delivered. 1 are missing.',
    });
    expectProblem(await platform.post(pathOf(id, '/sims'), simFile(newIccids(1)), csv), 409, 'wrong_state');
  });

  test('that is rejected ends with the reason', async () => {
    const { id } = await anOrder();
    const reason = 'Out of stock until January.';
    expect(is(200, await report(id, 'reject', { reason }))).toMatchObject({
      state: 'rejected',
      failure: { code: 'operator_rejected', detail: reason },
    });
    expectProblem(await report(id, 'accept', { operatorReference: 'x' }), 409, 'wrong_state');
    is(200, await report(id, 'reject', { reason }));
    expectProblem(await report(id, 'reject', { reason: 'Discontinued.' }), 409, 'wrong_state');
    expect(await acme.statesOf(id)).toEqual(['submitted', 'rejected']);
  });

  test('is accepted before anything else', async () => {
    const { id } = await anOrder();
    expectProblem(await report(id, 'dispatch', {}), 409, 'wrong_state');
    expectProblem(await report(id, 'deliver', {}), 409, 'wrong_state');
    expectProblem(await platform.post(pathOf(id, '/sims'), simFile(newIccids(1)), csv), 409, 'wrong_state');
    expectProblem(await report(id, 'cancel', { outcome: 'cancelled' }), 409, 'wrong_state');
    expectInvalid(await report(id, 'accept', {}), [['/operatorReference', 'required']]);
  });

  test('has a product of its operator, and a delivery date that the operator can keep', async () => {
    const order = { operatorId: 'portal', quantity: 10 };
    expectInvalid(await acme.api.post('/v1/orders', { ...order, productId: 'micro' }), [
      ['/productId', 'invalid_value'],
    ]);
    expectInvalid(await acme.api.post('/v1/orders', { ...order, requestedDeliveryDate: '2020-01-01' }), [
      ['/requestedDeliveryDate', 'minimum'],
    ]);
    const inTwoYears = { ...order, requestedDeliveryDate: await dayFromNow(730) };
    expectInvalid(await acme.api.post('/v1/orders', inTwoYears), [['/requestedDeliveryDate', 'maximum']]);
    const { id } = await anOrder();
    for (const [days, code] of [
      [-2, 'minimum'],
      [730, 'maximum'],
    ] as const) {
      const accepted = { operatorReference: 'PM-1', expectedDelivery: await dayFromNow(days) };
      expectInvalid(await report(id, 'accept', accepted), [['/expectedDelivery', code]]);
    }
    expect(await anOrder()).toMatchObject({ productId: 'nano', contact: { email: expect.any(String) } });
    const quoted = is(200, await acme.api.post('/v1/orders/quote', { ...order, productId: 'chip' }));
    expect(quoted).toMatchObject({ valid: true, product: { id: 'chip', formFactor: 'MFF2' } });
  });
});

describe('a report that is sent again', () => {
  test('changes nothing if it states the same, and is refused if not', async () => {
    const { id } = await anOrder(10);
    const listed = simFile(newIccids(10));
    const accepted = { operatorReference: 'PM-1', expectedDelivery: await dayFromNow(30) };
    is(200, await report(id, 'accept', accepted));
    is(200, await report(id, 'accept', accepted));
    expectProblem(await report(id, 'accept', { operatorReference: 'PM-2' }), 409, 'wrong_state');
    is(200, await report(id, 'dispatch', { carrier: 'DHL' }));
    is(200, await report(id, 'dispatch', { carrier: 'DHL' }));
    expectProblem(await report(id, 'dispatch', { carrier: 'UPS' }), 409, 'wrong_state');
    await load(id, listed);
    const delivered = is(200, await report(id, 'deliver', {}));
    const again = is(200, await report(id, 'deliver', {}));
    expect(again).toEqual(delivered);
    expect(await load(id, listed)).toMatchObject({ loaded: 0, alreadyLoaded: 10, rejected: 0 });
    expect(is(200, await report(id, 'accept', accepted))).toEqual(delivered);
    expect(await acme.statesOf(id)).toEqual(['submitted', 'accepted', 'dispatched', 'delivered']);
  });
});

describe('a manual order without any report for ninety days', () => {
  test('fails, and takes reports again after the staff have redriven it', async () => {
    const { id } = await anOrder();
    await cloud.clock.skip({ days: 91 });
    await acme.orderIn(id, 'failed');
    const refused = expectProblem(await report(id, 'accept', { operatorReference: 'PM-1' }), 409, 'wrong_state');
    expect(refused.detail).toMatch(/redrive/);
    const failedWork = await eventually(async () => {
      const { items } = is(
        200,
        await platform.get<Page<{ id: string; subject: string }>>('/v1/platform/set-aside?limit=200'),
      );
      const found = items.find(({ subject }) => subject === id);
      expect(found).toBeDefined();
      return found;
    });
    is(204, await platform.post(`/v1/platform/set-aside/${failedWork?.id}/put-back`));
    await accept(id);
    await load(id, simFile(newIccids(10)));
    is(200, await report(id, 'deliver', {}));
    expect(await acme.orderIn(id, 'delivered')).toMatchObject({ receivedQuantity: 10 });
  });
});

describe('a cancellation', () => {
  test('before the operator accepted succeeds at once', async () => {
    const { id } = await anOrder();
    expect(is(200, await acme.api.post<Order>(`/v1/orders/${id}/cancel`, {}))).toMatchObject({ state: 'cancelled' });
    expectProblem(await report(id, 'accept', { operatorReference: 'x' }), 409, 'wrong_state');
  });

  test('after that is a task of the staff, who answer it', async () => {
    const { id } = await anOrder();
    await accept(id);
    const requested = is(200, await acme.api.post<Order>(`/v1/orders/${id}/cancel`, {}));
    expect(requested).toMatchObject({ state: 'accepted', cancelRequestedBy: expect.any(String) });
    // Asked twice, there is one task.
    is(200, await acme.api.post(`/v1/orders/${id}/cancel`, {}));
    const tasks = async (state: string) =>
      is(200, await platform.get<Page<ManualTask>>(`/v1/platform/manual-tasks?operatorId=portal&state=${state}`)).items;
    const open = (await tasks('open')).filter(({ orderId }) => orderId === id);
    expect(open).toMatchObject([{ action: 'cancel_order', state: 'open', count: 10 }]);
    expectProblem(await report(id, 'dispatch', {}), 409, 'wrong_state');

    const refused = await report(id, 'cancel', { outcome: 'refused', reason: 'The parcel is packed.' });
    expect(is(200, refused)).toMatchObject({ state: 'accepted' });
    expect(refused.body).not.toHaveProperty('cancelRequestedBy');
    is(200, await report(id, 'cancel', { outcome: 'refused', reason: 'The parcel is packed.' }));
    expectProblem(await report(id, 'cancel', { outcome: 'cancelled' }), 409, 'wrong_state');
    expect((await acme.eventsOf(id)).at(-1)).toMatchObject({
      type: 'order.cancel_refused',
      detail: 'The parcel is packed.',
    });
    expect((await tasks('done')).find(({ orderId }) => orderId === id)).toMatchObject({
      id: open[0]?.id,
      state: 'done',
    });

    is(200, await acme.api.post(`/v1/orders/${id}/cancel`, {}));
    expect(is(200, await report(id, 'cancel', { outcome: 'cancelled' }))).toMatchObject({ state: 'cancelled' });
    is(200, await report(id, 'cancel', { outcome: 'cancelled' }));
    expectProblem(await report(id, 'cancel', { outcome: 'refused' }), 409, 'wrong_state');
    expect((await tasks('open')).some(({ orderId }) => orderId === id)).toBe(false);
  });

  test('is too late once SIMs were loaded', async () => {
    const { id } = await anOrder();
    await accept(id);
    await load(id, simFile(newIccids(1)));
    expectProblem(await acme.api.post(`/v1/orders/${id}/cancel`, {}), 409, 'wrong_state');
    expectProblem(await report(id, 'reject', { reason: 'x' }), 409, 'wrong_state');
  });
});

describe('a file of SIMs', () => {
  test('loads its good rows, and names what is wrong with each of the others', async () => {
    const [loaded = ''] = newIccids(1);
    const other = await aDispatchedOrder();
    await load(other.id, simFile([loaded]));
    const { id } = await aDispatchedOrder();
    const [good = '', padded = '', imsi = '', msisdn = '', imei = '', eid = ''] = newIccids(6);
    const wrongDigit = `${good.slice(0, -1)}${(Number(good.at(-1)) + 1) % 10}`;
    const rows: [cells: string, code?: string, message?: RegExp][] = [
      [`"${good}",234200000000001,+447700900123,,`],
      [`${padded}F,,0044 7700 900124,,`],
      [`${good},,,,`, 'duplicate_in_file', /row 2/i],
      [`${wrongDigit},,,,`, 'invalid_iccid', /check digit should be/],
      ['8.94498E+18,,,,', 'invalid_iccid', /scientific notation/],
      ['8949777000000000000,,,,', 'invalid_iccid', /rounded the number to 15 digits|check digit/],
      ['89497,,,,', 'invalid_iccid', /19 or 20 digits, not 5/],
      ['MSISDN-1,,,,', 'invalid_iccid', /digits only/],
      [`${loaded},,,,`, 'loaded_for_other_order', /another order/],
      [`${imsi},12,,,`, 'invalid_imsi', /14 or 15 digits/],
      [`${msisdn},,12,,`, 'invalid_msisdn', /country code/],
      [`${imei},,,12,`, 'invalid_imei', /14 to 16 digits/],
      [`${eid},,,,12`, 'invalid_eid', /32 digits/],
    ];
    const text = `\uFEFFiccid,imsi,msisdn,imei,eid\r\n${rows.map(([cells]) => cells).join('\r\n')}\r\n\r\n`;
    const dry = await load(id, text, '?dryRun=true');
    expect((await acme.order(id)).progress.received).toBe(0);
    const file = await load(id, text);
    expect(file).toEqual(dry);
    expect(file).toMatchObject({ rows: rows.length, loaded: 2, alreadyLoaded: 0, rejected: rows.length - 2 });
    const bad = rows.flatMap(([, code, message], index) => (code ? [{ row: index + 2, code, message }] : []));
    expect(file.errors.map(({ row, code }) => ({ row, code }))).toEqual(bad.map(({ row, code }) => ({ row, code })));
    for (const [index, { message }] of bad.entries()) {
      expect(file.errors[index]?.message).toMatch(message ?? /never/);
    }
    const sims = await acme.sims({ orderId: id });
    expect(sims.find(({ iccid }) => iccid === good)).toMatchObject({
      imsi: '234200000000001',
      msisdn: '+447700900123',
    });
    expect(sims.find(({ iccid }) => iccid === padded)).toMatchObject({ msisdn: '+447700900124', state: 'in_holding' });
    expect(await load(id, text)).toMatchObject({ loaded: 0, alreadyLoaded: 2, rejected: rows.length - 2 });
  });

  test('refuses SIMs that were imported, dry as well', async () => {
    const [imported = ''] = newIccids(1);
    const row = `iccid,state\r\n${imported},in_holding\r\n`;
    is(200, await platform.post(`/v1/platform/partners/${acme.id}/imports?operatorId=portal`, row, csv));
    const { id } = await aDispatchedOrder();
    for (const query of ['?dryRun=true', '']) {
      expect((await load(id, simFile([imported]), query)).errors).toMatchObject([{ code: 'loaded_for_other_order' }]);
    }
  });

  test('can have ICCIDs without a check digit, where the operator leaves it out', async () => {
    const path = '/v1/platform/operators/portal';
    is(200, await platform.put(path, { ...settings, iccid: { checkDigit: 'absent' } }));
    const { id } = await aDispatchedOrder();
    const bodies = newIccids(10).map((iccid) => iccid.slice(0, -1));
    expect(await load(id, simFile([...bodies.slice(0, 9), '894977700']))).toMatchObject({ loaded: 9, rejected: 1 });
    is(200, await report(id, 'deliver', {}));
    const { id: target } = await acme.aPartnerService({ tariffId: 'trf_portal_partner' });
    const select = { iccids: bodies.slice(0, 2) };
    expect(await acme.bulkDone('migrate', { select, partnerServiceId: target })).toMatchObject({ succeeded: 2 });
    is(200, await platform.put(path, settings));
    expectInvalid(
      await acme.api.post('/v1/sims/migrate', { select: { iccids: ['894977700'] }, partnerServiceId: target }),
      [['/select/iccids/0', 'invalid_iccid']],
    );
  });

  test('never loads more SIMs than were ordered', async () => {
    const { id } = await aDispatchedOrder(10);
    const listed = newIccids(12);
    const file = await load(id, simFile(listed));
    expect(file).toMatchObject({ loaded: 10, rejected: 2 });
    expect(file.errors.map(({ row, code }) => [row, code])).toEqual([
      [12, 'over_delivery'],
      [13, 'over_delivery'],
    ]);
    expect((await acme.order(id)).progress.received).toBe(10);
  });

  test('has a header row of known columns, which commas separate', async () => {
    const { id } = await aDispatchedOrder();
    expectInvalid(await platform.post(pathOf(id, '/sims'), 'iccid,puk\r\n', csv), [['/columns/puk', 'unknown_field']]);
    expectInvalid(await platform.post(pathOf(id, '/sims'), 'imsi\r\n', csv), [['/columns/iccid', 'required']]);
    const semicolons = await platform.post(pathOf(id, '/sims'), 'iccid;imsi\r\n1;2\r\n', csv);
    expect(expectProblem(semicolons, 400, 'invalid_csv').detail).toMatch(/uses ";"/);
  });

  test('that comes in parts at the same time loads each SIM once', async () => {
    const { id } = await aDispatchedOrder(40);
    const parts = Array.from({ length: 4 }, () => simFile(newIccids(10)));
    await Promise.all(parts.map((text) => eventually(async () => load(id, text))));
    expect(await acme.order(id)).toMatchObject({ progress: { received: 40 } });
    expect(await acme.sims({ orderId: id })).toHaveLength(40);
  });
});

describe('an order that an API handles', () => {
  test('takes no reports of the staff', async () => {
    const { id } = await acme.orders({ operatorId: 'a1', quantity: 20 });
    expectProblem(await report(id, 'accept', { operatorReference: 'x' }), 409, 'not_manual');
    expectProblem(await report(id, 'cancel', { outcome: 'refused' }), 409, 'not_manual');
    expectProblem(await report(id, 'deliver', {}), 409, 'not_manual');
    expectProblem(await platform.post(pathOf(id, '/sims'), simFile(newIccids(1)), csv), 409, 'not_manual');
    expectProblem(await platform.get('/v1/platform/orders?operatorId=a1'), 409, 'not_manual');
    const { items } = is(
      200,
      await platform.get<Page<PartnerOrder>>(`/v1/platform/orders?partnerId=${acme.id}&limit=200`),
    );
    expect(items.some((order) => order.id === id)).toBe(false);
  });
});

test('the list of manual orders is in the order in which they were placed, page by page', async () => {
  const { items: all } = is(
    200,
    await platform.get<Page<PartnerOrder>>(`/v1/platform/orders?partnerId=${acme.id}&limit=200`),
  );
  expect(all.length).toBeGreaterThan(5);
  expect(all.map(({ id }) => id)).toEqual(all.map(({ id }) => id).sort());
  const paged: PartnerOrder[] = [];
  let cursor = '';
  do {
    const page = is(
      200,
      await platform.get<Page<PartnerOrder>>(`/v1/platform/orders?partnerId=${acme.id}&limit=3${cursor}`),
    );
    paged.push(...page.items);
    cursor = page.nextCursor === undefined ? '' : `&cursor=${page.nextCursor}`;
  } while (cursor !== '');
  expect(paged.map(({ id }) => id)).toEqual(all.map(({ id }) => id));
});
