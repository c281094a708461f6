import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DAY_MS, HOUR_MS } from '../../../domain/time-units.ts';
import { eventually, LATE_DAYS, useLocalCloud } from '../support/local-cloud.ts';
import { is, type Operation, type Order, type Sim, type SimUsage } from '../support/partner.ts';
import { expectInvalid, expectProblem } from '../support/problems.ts';
import { startReceiver } from '../support/receiver.ts';

const cloud = useLocalCloud();
const acme = cloud.partner('acme-test-status');
/** The operator of a new deployment that has a test status. */
const operator = cloud.operator('3ireland');
const platform = cloud.as({ roles: ['platform'] });
const prompt = { leadTimeDays: 0 };

const read = async (iccid: string) => is(200, await acme.api.get<Sim>(`/v1/sims/${iccid}`));
const operation = async (id: string) => is(200, await acme.api.get<Operation>(`/v1/operations/${id}`));
type Line = { at: string; type: string; from?: string; to?: string; actor: string; operationId?: string };
const linesOf = (iccid: string) => acme.all<Line>(`/v1/sims/${iccid}/events`);
const typesOf = async (iccid: string) => (await linesOf(iccid)).map(({ type }) => type);
const codesOf = async (id: string) => (await acme.resultsOf(id)).map(({ problem }) => problem?.code);

let iccids: string[];
let next = 0;
/** Assigned SIMs that no other test has. */
const assignedSims = (count: number) => {
  next += count;
  return iccids.slice(next - count, next);
};
/** SIMs in test status that no other test has. */
async function testedSims(count: number): Promise<string[]> {
  const chosen = assignedSims(count);
  expect(await acme.bulkDone('test', { select: { iccids: chosen } })).toMatchObject({ succeeded: count, failed: 0 });
  return chosen;
}

const untilPending = (of: readonly string[]) =>
  eventually(async () => {
    const sims = await Promise.all(of.map(read));
    expect(sims.every(({ pendingChange }) => pendingChange !== undefined)).toBe(true);
    return sims;
  });

beforeAll(async () => {
  await operator.behaves(prompt);
  iccids = (await acme.assignedSims({ operatorId: '3ireland', quantity: 50 })).map(({ iccid }) => iccid);
});
afterAll(() => operator.behavesWell());

describe('an assigned SIM of an operator with a test status', () => {
  test('is tested without bars, keeps its services, and is listed by its state', async () => {
    const [iccid = ''] = assignedSims(1);
    const before = await read(iccid);
    expect(before.nextActions).toEqual(['activate', 'test', 'unassign', 'migrate', 'terminate', 'replace']);
    const dry = await acme.api.post<{ eligible: number }>('/v1/sims/test', {
      select: { iccids: [iccid] },
      dryRun: true,
    });
    expect(is(200, dry)).toMatchObject({ eligible: 1 });
    expect((await read(iccid)).state).toBe('assigned');
    const { id } = await acme.bulkDone('test', { select: { iccids: [iccid] } });
    const { customerId, customerServiceId, partnerServiceId } = before;
    expect(await read(iccid)).toMatchObject({
      ...{ state: 'testing', bars: [], customerId, customerServiceId, partnerServiceId },
      nextActions: ['activate', 'suspend', 'unassign', 'terminate', 'migrate', 'replace'],
    });
    expect(await operator.statusOfSim(iccid)).toBe('active');
    expect((await linesOf(iccid)).at(-1)).toMatchObject({
      ...{ type: 'sim.test_started', from: 'assigned', to: 'testing', operationId: id },
    });
    for (const filter of [{ state: 'testing' }, { state: 'testing', customerId: customerId ?? '' }]) {
      expect((await acme.sims(filter)).map((sim) => sim.iccid)).toContain(iccid);
    }
    expect((await acme.sims({ state: 'active' })).map((sim) => sim.iccid)).not.toContain(iccid);
    expect(await acme.bulkDone('test', { select: { iccids: [iccid] } })).toMatchObject({ succeeded: 1, failed: 0 });
    expect((await typesOf(iccid)).filter((type) => type === 'sim.test_started')).toHaveLength(1);
  });

  test('leaves test status by each action that the contract names', async () => {
    const [activated = '', suspended = '', back = '', ended = '', moved = ''] = await testedSims(5);
    await acme.bulkDone('activate', { select: { iccids: [activated] } });
    expect(await read(activated)).toMatchObject({ state: 'active', bars: [] });
    expect((await typesOf(activated)).slice(-2)).toEqual(['sim.activation_requested', 'sim.activated']);
    await acme.bulkDone('suspend', { select: { iccids: [suspended] }, reason: 'lost' });
    expect(await read(suspended)).toMatchObject({ state: 'suspended', bars: [{ reason: 'lost' }] });
    expect(await operator.statusOfSim(suspended)).toBe('barred');
    await acme.bulkDone('resume', { select: { iccids: [suspended] } });
    expect(await read(suspended)).toMatchObject({ state: 'active', bars: [] });
    await acme.bulkDone('unassign', { select: { iccids: [back] } });
    expect(await read(back)).toMatchObject({ state: 'in_stock', bars: [{ reason: 'not_activated' }] });
    expect(await operator.statusOfSim(back)).toBe('barred');
    await acme.bulkDone('terminate', { select: { iccids: [ended] }, confirm: 1 });
    expect(await read(ended)).toMatchObject({ state: 'terminated' });
    const { id: partnerServiceId } = await acme.aPartnerService();
    await acme.bulkDone('migrate', { select: { iccids: [moved] }, partnerServiceId });
    expect(await read(moved)).toMatchObject({ state: 'testing', bars: [], partnerServiceId });
  });

  test('waits for an operator that takes a day, both into test status and out of it', async () => {
    const chosen = assignedSims(2);
    await operator.behaves({ ...prompt, activationDelayDays: 1, changeDelayDays: 1 });
    const begun = await cloud.clock.held(async () => {
      const { id } = await acme.bulk('test', { select: { iccids: chosen } });
      for (const sim of await untilPending(chosen)) {
        expect(sim).toMatchObject({ state: 'assigned', pendingChange: { action: 'test', operationId: id } });
        expect(sim).toMatchObject({ bars: [{ reason: 'not_activated' }], nextActions: [] });
      }
      await eventually(async () => expect(await operation(id)).toMatchObject({ waitingForOperator: 2 }));
      const other = await acme.bulk('activate', { select: { iccids: chosen } });
      await acme.operationDone(other.id);
      expect(await codesOf(other.id)).toEqual(['wrong_state', 'wrong_state']);
      return id;
    });
    expect(await acme.operationDone(begun)).toMatchObject({ state: 'succeeded', succeeded: 2 });
    const [first = '', second = ''] = chosen;
    expect(await read(first)).toMatchObject({ state: 'testing', bars: [] });
    expect((await typesOf(first)).slice(-2)).toEqual(['sim.test_requested', 'sim.test_started']);
    const end = await cloud.clock.held(async () => {
      const { id } = await acme.bulk('suspend', { select: { iccids: [second] } });
      expect(await untilPending([second])).toMatchObject([{ state: 'testing', bars: [] }]);
      return id;
    });
    expect(await acme.operationDone(end)).toMatchObject({ state: 'succeeded' });
    expect(await read(second)).toMatchObject({ state: 'suspended' });
    await operator.behaves(prompt);
  });

  test('stays assigned when the operator refuses, and can be retried', async () => {
    const [refused = '', accepted = ''] = assignedSims(2);
    await operator.behaves({ ...prompt, refuseActivation: [refused] });
    const { id } = await acme.bulk('test', { select: { iccids: [refused, accepted] } });
    expect(await acme.operationDone(id)).toMatchObject({ state: 'partially_succeeded', succeeded: 1, failed: 1 });
    expect(await acme.resultsOf(id, 'failed')).toMatchObject([
      { iccid: refused, problem: { code: 'operator_refused', detail: 'The operator does not activate this SIM' } },
    ]);
    expect(await read(refused)).toMatchObject({ state: 'assigned', bars: [{ reason: 'not_activated' }] });
    await operator.behaves(prompt);
    const retry = is(202, await acme.api.post<Operation>(`/v1/operations/${id}/retry`, {}));
    expect(await acme.operationDone(retry.id)).toMatchObject({ state: 'succeeded', succeeded: 1 });
    expect(await read(refused)).toMatchObject({ state: 'testing' });
  });

  test('is as before after seven days without an answer, and a late one is accepted', async () => {
    const chosen = assignedSims(1);
    await operator.behaves({ ...prompt, activationDelayDays: LATE_DAYS });
    const { id } = await cloud.clock.held(async () => {
      const begun = await acme.bulk('test', { select: { iccids: chosen } });
      await untilPending(chosen);
      return begun;
    });
    await cloud.clock.skip({ days: 8 });
    expect(await acme.operationDone(id)).toMatchObject({ state: 'failed', failed: 1 });
    expect(await codesOf(id)).toEqual(['operator_unavailable']);
    const [iccid = ''] = chosen;
    expect(await read(iccid)).toMatchObject({ state: 'assigned', bars: [{ reason: 'not_activated' }] });
    expect((await typesOf(iccid)).slice(-2)).toEqual(['sim.test_requested', 'sim.test_failed']);
    await cloud.clock.skip({ days: LATE_DAYS - 7 });
    await eventually(async () => expect(await read(iccid)).toMatchObject({ state: 'testing', bars: [] }));
    await operator.behaves(prompt);
  });
});

describe('the limit of test status', () => {
  const state = async (iccid: string) => (await read(iccid)).state;
  const used = async (iccid: string) => {
    const range = new URLSearchParams({
      from: new Date((await cloud.clock.now()).getTime() - 20 * DAY_MS).toISOString(),
      to: new Date((await cloud.clock.now()).getTime() + DAY_MS).toISOString(),
      granularity: 'day',
    });
    return is(200, await acme.api.get<SimUsage>(`/v1/sims/${iccid}/usage?${range}`)).totalBytes;
  };
  const uses = (iccid: string, bytes: number, at?: string) =>
    operator.uses({ iccid, bytes, ...(at === undefined ? {} : { at }) });

  test('activates a SIM that has used as much, once, without a request', async () => {
    const [reached = '', below = ''] = await testedSims(2);
    const receiver = await startReceiver();
    const webhook = { url: receiver.url, events: ['sim.activated', 'sim.activation_failed'] };
    const { secret } = is(201, await acme.api.post<{ secret: string }>('/v1/webhooks', webhook));
    await uses(reached, 60_000);
    await uses(below, 99_999);
    await eventually(async () => expect([await used(reached), await used(below)]).toEqual([60_000, 99_999]));
    expect([await state(reached), await state(below)]).toEqual(['testing', 'testing']);
    await uses(reached, 40_000);
    await eventually(async () => expect(await state(reached)).toBe('active'));
    await uses(reached, 500_000);
    await eventually(async () => expect(await used(reached)).toBe(600_000));
    const lines = (await linesOf(reached)).filter(({ type }) => type === 'sim.activated');
    expect(lines).toEqual([
      { at: expect.any(String), type: 'sim.activated', from: 'testing', to: 'active', actor: 'system' },
    ]);
    expect(await state(below)).toBe('testing');
    const taken = () => receiver.taken(secret).filter(({ data }) => data.iccid === reached);
    await eventually(async () => expect(taken()).toHaveLength(1));
    expect(taken()).toMatchObject([{ type: 'sim.activated', data: { iccid: reached, state: 'active' } }]);
    receiver.stop();
  });

  test('counts late usage of the test, and no usage from before it', async () => {
    const [iccid = ''] = assignedSims(1);
    await cloud.clock.skip({ days: 3 });
    await acme.bulkDone('test', { select: { iccids: [iccid] } });
    const since = (await linesOf(iccid)).at(-1)?.at ?? '';
    await cloud.clock.skip({ days: 2 });
    const hours = (of: number) => new Date(Date.parse(since) + of * HOUR_MS).toISOString();
    await uses(iccid, 5_000_000, hours(-30));
    await eventually(async () => expect(await used(iccid)).toBe(5_000_000));
    expect(await state(iccid)).toBe('testing');
    await uses(iccid, 99_999, hours(5));
    await eventually(async () => expect(await used(iccid)).toBe(5_099_999));
    expect(await state(iccid)).toBe('testing');
    await uses(iccid, 1, hours(2));
    await eventually(async () => expect(await state(iccid)).toBe('active'));
  });

  test('is a setting of the operator, which holds for SIMs in test, too', async () => {
    const [iccid = ''] = await testedSims(1);
    const path = '/v1/platform/operators/3ireland';
    const { id: _id, ...settings } = is(200, await platform.get<{ id: string; testStatus?: object }>(path));
    expect(settings.testStatus).toEqual({ limitBytes: 100_000 });
    await uses(iccid, 40);
    await eventually(async () => expect(await used(iccid)).toBe(40));
    is(200, await platform.put(path, { ...settings, testStatus: { limitBytes: 40 } }));
    try {
      const shown = is(200, await acme.api.get<{ testStatus?: object }>('/v1/operators/3ireland'));
      expect(shown.testStatus).toEqual({ limitBytes: 40 });
      await uses(iccid, 1);
      await eventually(async () => expect(await state(iccid)).toBe('active'));
    } finally {
      is(200, await platform.put(path, settings));
    }
  });
});

test('an alarm that suspends a pool also suspends its SIMs in test status', async () => {
  const [active = '', tested = '', assigned = ''] = assignedSims(3);
  const { customerId } = await read(active);
  const { id: customerServiceId } = await acme.aCustomerService(customerId ?? '');
  const select = { iccids: [active, tested, assigned] };
  await acme.bulkDone('unassign', { select });
  await acme.bulkDone('assign', { select, customerId, customerServiceId });
  await acme.bulkDone('activate', { select: { iccids: [active] } });
  await acme.bulkDone('test', { select: { iccids: [tested] } });
  const alarm = {
    name: 'Pool',
    scope: { customerServiceId },
    measure: 'pool',
    threshold: { bytes: 5 },
    action: 'suspend',
  };
  const { id } = is(201, await acme.api.post<{ id: string }>('/v1/alarms', alarm));
  // Where the month ends before the suspension, the alarm goes off in the next one.
  await eventually(
    async () => {
      await operator.uses({ iccid: active, bytes: 5 });
      expect(await read(tested)).toMatchObject({ state: 'suspended', bars: [{ reason: 'allowance_exceeded' }] });
    },
    { within: 60_000 },
  );
  const operations = await acme.all<Operation>('/v1/operations');
  const suspension = operations.find(({ requestedBy, action }) => requestedBy === id && action === 'suspend');
  expect(await acme.operationDone(suspension?.id ?? '')).toMatchObject({ total: 2, succeeded: 2 });
  expect((await read(assigned)).state).toBe('assigned');
});

describe('an order’s plan', () => {
  test('ends with test status, which its progress counts, and is retried for SIMs that the operator refused', async () => {
    const plan = { ...(await acme.aPlan()), activate: 'test' as const };
    const { id } = await acme.orders({ operatorId: '3ireland', quantity: 50, plan });
    const order = await acme.orderIn(id, 'fulfilled');
    expect(order.plan).toEqual(plan);
    expect(order.progress).toEqual({ received: 50, migrated: 50, assigned: 50, activated: 50, failed: 0 });
    expect(order.operations.map(({ stage }) => stage)).toEqual(['migrate', 'assign', 'activate']);
    expect(await operation(order.operations[2]?.operationId ?? '')).toMatchObject({ action: 'test', succeeded: 50 });
    expect(await acme.sims({ orderId: id, state: 'testing' })).toHaveLength(50);
  });

  test('is changed to test status while the order ships', async () => {
    await operator.behaves({ leadTimeDays: 4 });
    const plan = await acme.aPlan();
    const { id } = await cloud.clock.held(async () => {
      const placed = await acme.orders({ operatorId: '3ireland', quantity: 50, plan });
      const changed = await acme.api.put<Order>(`/v1/orders/${placed.id}/plan`, { ...plan, activate: 'test' });
      expect(is(200, changed).plan).toMatchObject({ activate: 'test' });
      return placed;
    });
    await operator.behaves(prompt);
    await acme.orderIn(id, 'fulfilled');
    expect(await acme.sims({ orderId: id, state: 'testing' })).toHaveLength(50);
  });

  test('with test status is refused at an operator without it, in an order and in a change', async () => {
    const plan = await acme.aPlan();
    const order = { operatorId: 'a1', quantity: 20, plan: { ...plan, activate: 'test' } };
    expectInvalid(await acme.api.post('/v1/orders', order), [['/plan/activate', 'wrong_operator']]);
    const { id } = await acme.orders({ operatorId: 'a1', quantity: 20 });
    const changed = await acme.api.put(`/v1/orders/${id}/plan`, { ...plan, activate: 'test' });
    expectInvalid(changed, [['/activate', 'wrong_operator']]);
    const odd = { operatorId: '3ireland', quantity: 50, plan: { ...plan, activate: 'yes' } };
    expect((await acme.api.post('/v1/orders', odd)).status).toBe(422);
  });
});

describe('test status is refused', () => {
  test('to SIMs of operators without it, which are not offered it either', async () => {
    await cloud.operator('a1').behaves(prompt);
    const [foreign] = await acme.assignedSims({ operatorId: 'a1', quantity: 20 });
    const [own = ''] = assignedSims(1);
    expect(foreign?.nextActions).toEqual(['activate', 'unassign', 'migrate', 'terminate', 'replace']);
    const select = { iccids: [foreign?.iccid ?? '', own] };
    const dry = await acme.api.post<{ byCode: object }>('/v1/sims/test', { select, dryRun: true });
    expect(is(200, dry)).toMatchObject({ eligible: 1, byCode: { wrong_operator: 1 } });
    const { id } = await acme.bulk('test', { select });
    expect(await acme.operationDone(id)).toMatchObject({ state: 'partially_succeeded', succeeded: 1, failed: 1 });
    expect(await acme.resultsOf(id, 'failed')).toEqual([
      {
        iccid: foreign?.iccid,
        outcome: 'failed',
        problem: {
          code: 'wrong_operator',
          detail: 'SIMs of a1 have no test status. Activate the SIM instead.',
        },
      },
    ]);
  });

  test('to SIMs without a customer and SIMs that have been activated', async () => {
    const [stocked] = await acme.simsInStock({ operatorId: '3ireland', quantity: 50 });
    const [active = ''] = assignedSims(1);
    await acme.bulkDone('activate', { select: { iccids: [active] } });
    const { id } = await acme.bulk('test', { select: { iccids: [stocked?.iccid, active] } });
    await acme.operationDone(id);
    expect(new Set(await codesOf(id))).toEqual(new Set(['not_assigned', 'wrong_state']));
  });

  test('to another partner, and to roles that may not change SIMs', async () => {
    const [iccid = ''] = assignedSims(1);
    const stranger = cloud.partner('acme-test-status-2');
    const { id } = await stranger.bulk('test', { select: { iccids: [iccid] } });
    await stranger.operationDone(id);
    expect((await stranger.resultsOf(id)).map(({ problem }) => problem?.code)).toEqual(['not_found']);
    const reader = cloud.as({ partnerId: acme.id, roles: ['billing'] });
    expectProblem(await reader.post('/v1/sims/test', { select: { iccids: [iccid] } }), 403, 'forbidden');
    expect(await read(iccid)).toMatchObject({ state: 'assigned' });
  });
});
