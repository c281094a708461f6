import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { saveUsageCursor } from '../../../adapters/dynamodb/usage-progress.ts';
import { asId } from '../../../domain/ids.ts';
import { HOUR_MS } from '../../../domain/time-units.ts';
import { useTableOf } from '../../../local/table-of-cloud.ts';
import { eventually, useLocalCloud } from '../support/local-cloud.ts';
import { is, type PartnerService, type ServiceUsage, type Sim, type SimUsage } from '../support/partner.ts';
import { expectInvalid } from '../support/problems.ts';

const cloud = useLocalCloud();
const acme = cloud.partner('acme-usage');
const { api } = acme;

const HOME = '23201';

const plus = (at: string, ms: number) => new Date(Date.parse(at) + ms).toISOString();
const hourOf = (at: string) => `${at.slice(0, 13)}:00:00.000Z`;

/** The operator as these tests have it all the time: it says everything twice and in another order each time. */
const a1 = cloud.operator('a1');

type SimEvent = { at: string; type: string };
const stepsOf = (iccid: string) => acme.all<SimEvent>(`/v1/sims/${iccid}/events`);
const stepOf = async (iccid: string, type: string) =>
  (await stepsOf(iccid)).findLast((step) => step.type === `sim.${type}`)?.at ?? '';

/** What a SIM used in the days round a moment. */
async function usageOf(iccid: string, at: string, granularity = 'hour', as = api): Promise<SimUsage> {
  const range = new URLSearchParams({ from: plus(at, -240 * HOUR_MS), to: plus(at, 240 * HOUR_MS), granularity });
  return is(200, await as.get<SimUsage>(`/v1/sims/${iccid}/usage?${range}`));
}

async function usageOfService(kind: 'customer' | 'partner', id: string, at: string, as = api): Promise<ServiceUsage> {
  return is(200, await as.get<ServiceUsage>(`/v1/${kind}-services/${id}/usage?period=${at.slice(0, 7)}`));
}

let sims: Sim[];

beforeAll(async () => {
  sims = await acme.activeSims({ operatorId: 'a1', quantity: 20 });
  await a1.behaves({ leadTimeDays: 0, duplicateAnswers: true });
});
afterAll(() => a1.behavesWell());

describe('the usage of a SIM', () => {
  test('appears with the SIM and its services, each record once, even if late, repeated or out of order', async () => {
    const [sim, other] = sims;
    const { iccid = '', customerServiceId = '', partnerServiceId = '' } = sim ?? {};
    // Within one month, and when the SIM was active already.
    const active = await stepOf(iccid, 'activated');
    const at = hourOf(plus(active, HOUR_MS));
    const uses = [
      { iccid, at: plus(at, 59 * 60_000), bytes: 4_000, network: '20801' },
      { iccid, at: plus(at, 30 * 60_000), bytes: 300 },
      { iccid, at: plus(at, 10 * 60_000), bytes: 20 },
      { iccid: other?.iccid ?? '', at, bytes: 1 },
    ];
    for (const use of uses) {
      await a1.uses(use);
    }
    await eventually(async () => {
      expect(await usageOf(iccid, at)).toEqual({
        unit: 'bytes',
        totalBytes: 4_320,
        completeUntil: expect.any(String),
        points: [
          { at, bytes: 4_000, network: '20801' },
          { at, bytes: 320, network: HOME },
        ],
      });
      expect((await usageOf(other?.iccid ?? '', at)).totalBytes).toBe(1);
    });
    await a1.uses({ iccid, at: plus(at, 5 * 60_000), bytes: 50_000 });
    await eventually(async () => {
      expect((await usageOf(iccid, at, 'day')).totalBytes).toBe(54_320);
    });
    expect((await usageOf(iccid, at, 'month')).points.map(({ network }) => network)).toEqual(['20801', HOME]);
    const used = {
      period: at.slice(0, 7),
      usedBytes: 54_321,
      sims: 20,
      topSims: [
        { iccid, bytes: 54_320 },
        { iccid: other?.iccid, bytes: 1 },
      ],
    };
    expect(await usageOfService('customer', customerServiceId, at)).toMatchObject({
      ...used,
      pooling: 'per_sim',
      allowanceBytes: 1_000_000_000,
    });
    expect(await usageOfService('partner', partnerServiceId, at)).toMatchObject({
      ...used,
      pooling: 'dynamic_pool',
      allowanceBytes: 20 * 50_000_000_000,
    });
  });

  test('counts for the services that held the SIM then, even if it has moved since', async () => {
    const [, , sim] = sims;
    const { iccid = '', customerId = '', customerServiceId = '' } = sim ?? {};
    const select = { iccids: [iccid] };
    const next = await acme.aCustomerWithService({ tariffId: 'trf_customer_pool' });
    await acme.bulkDone('suspend', { select });
    await acme.bulkDone('unassign', { select });
    await acme.bulkDone('assign', { select, customerId: next.customer.id, customerServiceId: next.service.id });
    const [left, came] = [await stepOf(iccid, 'unassigned'), await stepOf(iccid, 'assigned')];
    const before = { period: left.slice(0, 7), of: await usageOfService('customer', customerServiceId, left) };

    await a1.uses({ iccid, at: plus(came, 2 * HOUR_MS), bytes: 500 });
    await a1.uses({ iccid, at: plus(came, -1), bytes: 60 });
    await a1.uses({ iccid, at: plus(left, -1), bytes: 7 });
    await eventually(async () => {
      expect((await usageOf(iccid, came)).totalBytes).toBe(567);
    });
    const had = await usageOfService('customer', customerServiceId, plus(left, -1));
    expect(had.usedBytes - (plus(left, -1).startsWith(before.period) ? before.of.usedBytes : 0)).toBe(7);
    expect(await usageOfService('customer', next.service.id, plus(came, 2 * HOUR_MS))).toMatchObject({
      usedBytes: 500,
      sims: 1,
      pooling: 'dynamic_pool',
      allowanceBytes: 5_000_000,
      topSims: [{ iccid, bytes: 500 }],
    });

    const userOf = (id: string) => cloud.as({ partnerId: 'acme-usage', customerId: id, roles: ['customer_user'] });
    expect((await usageOf(iccid, came, 'hour', userOf(next.customer.id))).totalBytes).toBe(500);
    expect((await userOf(customerId).get(`/v1/sims/${iccid}/usage`)).status).toBe(404);
    expect((await userOf(customerId).get(`/v1/customer-services/${next.service.id}/usage`)).status).toBe(404);
  });

  test('counts for the partner service that held the SIM then, when it is migrated while active', async () => {
    const [, , , sim] = sims;
    const { iccid = '', partnerServiceId = '', customerServiceId } = sim ?? {};
    const next = await acme.aPartnerService({ tariffId: 'trf_partner_all' });
    await acme.bulkDone('migrate', { select: { iccids: [iccid] }, partnerServiceId: next.id });
    const came = await stepOf(iccid, 'migrated');
    const before = await usageOfService('partner', partnerServiceId, plus(came, -1));
    await a1.uses({ iccid, at: plus(came, -1), bytes: 30 });
    await a1.uses({ iccid, at: plus(came, HOUR_MS), bytes: 400 });
    await eventually(async () => {
      expect((await usageOf(iccid, plus(came, -1))).totalBytes).toBe(430);
    });
    expect((await usageOfService('partner', partnerServiceId, plus(came, -1))).usedBytes - before.usedBytes).toBe(30);
    expect(await usageOfService('partner', next.id, plus(came, HOUR_MS))).toMatchObject({ usedBytes: 400, sims: 1 });
    expect(await acme.sims({ partnerServiceId: next.id })).toMatchObject([
      { iccid, state: 'active', customerServiceId },
    ]);
  });

  test('still arrives when the last cursor was issued by another platform of the operator', async () => {
    const [, , , , { iccid = '' } = {}] = sims;
    const at = plus(await stepOf(iccid, 'activated'), HOUR_MS);
    useTableOf(cloud.cloud());
    await saveUsageCursor(asId('operator', 'a1'), '{"until":"2026-01-01T00:00:00Z"}', 'iot-accelerator');
    await a1.uses({ iccid, at, bytes: 77 });
    await eventually(async () => {
      expect((await usageOf(iccid, at)).totalBytes).toBe(77);
    });
  });

  test('is complete until the operator was last asked, with the SIM and its services', async () => {
    const [{ iccid = '', customerServiceId = '', partnerServiceId = '' } = {}] = sims;
    const { now } = is(200, await cloud.api().get<{ now: string }>('/_local/clock'));
    await eventually(async () => {
      const usage = await usageOf(iccid, now);
      expect(Date.parse(usage.completeUntil ?? '')).toBeGreaterThan(Date.parse(now));
      for (const service of [
        await usageOfService('customer', customerServiceId, now),
        await usageOfService('partner', partnerServiceId, now),
      ]) {
        expect(Date.parse(service.completeUntil ?? '')).toBeGreaterThan(Date.parse(now));
      }
    });
  });

  test('counts for the holding service before it was migrated', async () => {
    const [sim] = await acme.simsInHolding({ operatorId: 'a1', quantity: 20 });
    const { iccid = '', createdAt = '', partnerServiceId } = sim ?? {};
    await a1.uses({ iccid, at: createdAt, bytes: 9 });
    await eventually(async () => {
      expect((await usageOf(iccid, createdAt)).totalBytes).toBe(9);
    });
    const used = await usageOfService('partner', String(partnerServiceId), createdAt);
    expect(used).toMatchObject({ usedBytes: 9, sims: 20, topSims: [{ iccid, bytes: 9 }] });
    expect(used).not.toHaveProperty('allowanceBytes');
    const holding = is(200, await api.get<PartnerService>(`/v1/partner-services/${partnerServiceId}`));
    expect(holding).not.toHaveProperty('sims');
  });

  test('is empty without records, and needs a valid range', async () => {
    const path = `/v1/sims/${sims[5]?.iccid}/usage`;
    expect(is(200, await api.get(path))).toEqual({
      unit: 'bytes',
      totalBytes: 0,
      completeUntil: expect.any(String),
      points: [],
    });
    const refused = async (query: string, pointer: string, code: string) =>
      expectInvalid(await api.get(`${path}?${query}`), [[pointer, code]]);
    await refused('from=2026-01-02&to=2026-01-02', '/query/from', 'range');
    await refused('from=2026-02-01&to=2026-01-02T00:00:00Z', '/query/from', 'range');
    await refused('from=2026-01-01&to=2026-02-02&granularity=hour', '/query/from', 'range');
    await refused('from=2024-01-01&to=2026-02-02', '/query/from', 'range');
    await refused('to=9999-12-31T23:59:59-23:59', '/query/to', 'range');
    await refused('from=0000-01-01T00:00:00%2B01:00', '/query/from', 'range');
    await refused('from=yesterday', '/query/from', 'invalid_union');
    await refused('to=2026-02-30', '/query/to', 'invalid_union');
    await refused('granularity=week', '/query/granularity', 'invalid_value');
    const service = `/v1/customer-services/${sims[5]?.customerServiceId}/usage`;
    expectInvalid(await api.get(`${service}?period=2026-13`), [['/query/period', 'invalid_format']]);
  });
});

describe('a service without SIMs', () => {
  test('has a full static pool and an empty dynamic one', async () => {
    const { customer, service } = await acme.aCustomerWithService({ tariffId: 'trf_customer_static' });
    const dynamic = await acme.aCustomerService(customer.id, { tariffId: 'trf_customer_pool' });
    const read = async (id: string) => is(200, await api.get<ServiceUsage>(`/v1/customer-services/${id}/usage`));
    // Unknown until usage was collected from each operator that the tariff covers.
    await eventually(async () => expect(await read(service.id)).toHaveProperty('completeUntil'));
    const completeUntil = expect.any(String);
    const none = { completeUntil, period: expect.stringMatching(/^\d{4}-\d{2}$/), usedBytes: 0, sims: 0, topSims: [] };
    expect(await read(service.id)).toEqual({
      ...none,
      tariffId: 'trf_customer_static',
      pooling: 'static_pool',
      allowanceBytes: 100_000_000_000,
    });
    expect(await read(dynamic.id)).toEqual({
      ...none,
      tariffId: 'trf_customer_pool',
      pooling: 'dynamic_pool',
      allowanceBytes: 0,
    });
  });
});
