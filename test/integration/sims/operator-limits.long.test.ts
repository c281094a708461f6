import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { operatorOneAtATime } from '../../../local/operator-settings.ts';
import { useLocalCloud } from '../support/local-cloud.ts';
import { grantTariffs } from '../support/operators-by-hand.ts';
import { is, type Sim } from '../support/partner.ts';

const cloud = useLocalCloud();
const acme = cloud.partner('acme-limits');
const platform = cloud.as({ roles: ['platform'] });
const operator = cloud.operator('limited');

/** What the operator takes, as its settings say: one call at a time, ten a second, one SIM a call. */
const limits = { requestsPerSecond: 10, concurrentCalls: 1, latencyMs: 5 };

/** SIMs at the limited operator that are assigned. */
async function assignedSims(count: number): Promise<string[]> {
  const list = await operator.ships(count);
  const iccids = list
    .trim()
    .split('\n')
    .slice(1)
    .map((row) => row.split(',')[0] ?? '');
  const rows = iccids.map((iccid) => `${iccid},assigned,Limited,Limited,Limited`);
  const file = ['iccid,state,partnerService,customer,customerService', ...rows].join('\n');
  const path = `/v1/platform/partners/${acme.id}/imports?operatorId=limited`;
  expect(is(200, await platform.post(path, file, { 'content-type': 'text/csv' }))).toMatchObject({ loaded: count });
  return iccids;
}

/** The operator takes real time, and a busy machine takes its turns late. */
const patient = { within: 240_000 };

const activate = (iccids: readonly string[]) => acme.bulk('activate', { select: { iccids } });
const stateOf = async (iccid: string) => is(200, await acme.api.get<Sim>(`/v1/sims/${iccid}`)).state;
const statesOf = async (iccids: readonly string[]) => new Set(await Promise.all(iccids.map(stateOf)));

beforeAll(async () => {
  is(201, await platform.put('/v1/platform/operators/limited', operatorOneAtATime));
  await grantTariffs(platform, acme, 'limited', ['limited']);
  await acme.aPartnerService({ name: 'Limited', tariffId: 'trf_limited_partner' });
  const { id: customerId } = is(201, await acme.api.post<{ id: string }>('/v1/customers', { name: 'Limited' }));
  const service = { customerId, name: 'Limited', tariffId: 'trf_limited_customer' };
  is(201, await acme.api.post('/v1/customer-services', service));
  await operator.behaves(limits);
});
afterEach(() => operator.behaves(limits));

describe('an operator that takes one call at a time', () => {
  test('serves several operations in turns, none of which fails for waiting, however many days pass', async () => {
    const fleets = [await assignedSims(120), await assignedSims(60), await assignedSims(3)];
    const started = performance.now();
    const operations = await Promise.all(fleets.map(activate));
    await cloud.clock.skip({ days: 3 });
    const done = await Promise.all(operations.map(({ id }) => acme.operationDone(id, patient)));
    expect(done).toMatchObject(fleets.map(({ length }) => ({ state: 'succeeded', succeeded: length, failed: 0 })));
    expect(await statesOf(fleets.flat())).toEqual(new Set(['active']));
    // No faster than the operator permits.
    expect(performance.now() - started).toBeGreaterThan(183 * 95);
    for (const id of operations.map((operation) => operation.id)) {
      expect(await acme.all(`/v1/operations/${id}/results`)).toHaveLength(
        fleets[operations.findIndex((operation) => operation.id === id)]?.length ?? 0,
      );
    }
  });

  test('lets suspensions wait as well, and puts off all calls when it receives too many', async () => {
    const iccids = await assignedSims(30);
    await acme.operationDone((await activate(iccids)).id, patient);
    // Less than its settings say.
    await operator.behaves({ ...limits, requestsPerSecond: 3 });
    const { id } = await acme.bulk('suspend', { select: { iccids }, reason: 'not_paid' });
    expect(await acme.operationDone(id, patient)).toMatchObject({ state: 'succeeded', succeeded: 30 });
    expect(await statesOf(iccids)).toEqual(new Set(['suspended']));
  });

  test('is not asked about SIMs of an operation that was cancelled while it waited', async () => {
    const first = await assignedSims(100);
    const second = await assignedSims(40);
    const running = await activate(first);
    const waiting = await activate(second);
    is(200, await acme.api.post(`/v1/operations/${waiting.id}/cancel`));
    const cancelled = await acme.operationDone(waiting.id, patient);
    expect(cancelled).toMatchObject({ state: 'cancelled', failed: 0 });
    expect(await acme.operationDone(running.id, patient)).toMatchObject({ state: 'succeeded' });
    const active = (await Promise.all(second.map(stateOf))).filter((state) => state === 'active');
    expect(active).toHaveLength(cancelled.succeeded);
    expect(cancelled.succeeded).toBeLessThan(40);
    expect(new Set(await Promise.all(second.map(stateOf)))).toContain('assigned');
  });
});
