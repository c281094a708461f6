import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { type PlatformKind, platformKinds } from '../../../domain/operator.ts';
import { capabilitiesOf } from '../../../domain/operator-capabilities.ts';
import { eventually, LATE_DAYS, useLocalCloud } from '../support/local-cloud.ts';
import { operatorOfKind } from '../support/operators-of-kinds.ts';
import { is, type Operation, type Sim } from '../support/partner.ts';

const cloud = useLocalCloud();
const acme = cloud.partner('acme-sim-kinds');
const prompt = { leadTimeDays: 0 };

/** Why each stand-in refuses a change. */
const refusals: Record<PlatformKind, string> = {
  'sim-fulfilment': 'The operator does not change this SIM',
  'iot-accelerator': 'The subscription cannot change its state',
  'control-center': 'The SIM cannot change its status',
};

type SimEvent = { type: string; from?: string; to?: string; operationId?: string; reason?: string };

const read = async (iccid: string) => is(200, await acme.api.get<Sim>(`/v1/sims/${iccid}`));
const operation = async (id: string) => is(200, await acme.api.get<Operation>(`/v1/operations/${id}`));
const eventsOf = (iccid: string) => acme.all<SimEvent>(`/v1/sims/${iccid}/events`);
const timelineOf = async (iccid: string) => (await eventsOf(iccid)).map(({ type }) => type);

/** Waits until all SIMs wait for their operator. */
const untilPending = (of: readonly string[]) =>
  eventually(async () => {
    const sims = await Promise.all(of.map(read));
    expect(sims.every(({ pendingChange }) => pendingChange !== undefined)).toBe(true);
    return sims;
  });

describe.each(platformKinds)('SIMs of an operator on %s', (kind) => {
  const operator = operatorOfKind(cloud, acme, kind);
  const { standIn } = operator;

  let iccids: string[];
  let next = 0;
  /** Active SIMs that no other test has. */
  const activeSims = (count: number) => {
    next += count;
    return iccids.slice(next - count, next);
  };

  beforeAll(async () => {
    await operator.add();
    iccids = (await operator.activeSims(20)).map(({ iccid }) => iccid);
  });
  afterEach(() => standIn.behavesWell());

  test('go through every state, each with its next actions and a line in the timeline', async () => {
    const [sim] = await operator.assignedSims(10);
    const iccid = sim?.iccid ?? '';
    const select = { iccids: [iccid] };
    expect(await read(iccid)).toMatchObject({
      state: 'assigned',
      nextActions: expect.arrayContaining(['migrate', 'activate', 'unassign']),
    });
    await acme.bulkDone('activate', { select });
    expect(await read(iccid)).toMatchObject({
      state: 'active',
      bars: [],
      nextActions: ['suspend', 'terminate', 'assign', 'migrate', 'unassign', 'replace'],
    });
    await acme.bulkDone('suspend', { select, reason: 'stolen' });
    expect(await read(iccid)).toMatchObject({ state: 'suspended', bars: [{ type: 'data', reason: 'stolen' }] });
    await acme.bulkDone('resume', { select });
    expect(await read(iccid)).toMatchObject({ state: 'active', bars: [] });
    await acme.bulkDone('suspend', { select });
    await acme.bulkDone('unassign', { select });
    expect(await read(iccid)).toMatchObject({ state: 'in_stock', bars: [{ type: 'data' }] });
    const { customer, service } = await acme.aCustomerWithService({ tariffId: `trf_${operator.id}_customer` });
    await acme.bulkDone('assign', { select, customerId: customer.id, customerServiceId: service.id });
    await acme.bulkDone('activate', { select });
    expect(await read(iccid)).toMatchObject({ state: 'active', bars: [], customerId: customer.id });
    await acme.bulkDone('terminate', { select, confirm: 1 });
    expect(await read(iccid)).toMatchObject({ state: 'terminated', nextActions: [] });
    const steps = (await eventsOf(iccid)).flatMap(({ from, to }) => (to === undefined || from === to ? [] : [to]));
    expect(steps).toEqual([
      'in_holding',
      'in_stock',
      'assigned',
      'activating',
      'active',
      'suspended',
      'active',
      'suspended',
      'in_stock',
      'assigned',
      'activating',
      'active',
      'terminated',
    ]);
  });

  test('are in test status until they have used the limit, and are then active', async () => {
    const [tested = '', refused = '', left = ''] = (await operator.assignedSims(10)).map(({ iccid }) => iccid);
    await standIn.behaves({ ...prompt, refuseActivation: [refused], refuseChanges: [refused] });
    const { id } = await acme.bulk('test', { select: { iccids: [tested, refused, left] } });
    expect(await acme.operationDone(id)).toMatchObject({ succeeded: 2, failed: 1 });
    expect(await acme.resultsOf(id, 'failed')).toMatchObject([
      { iccid: refused, problem: { code: 'operator_refused', detail: expect.stringMatching(/\S/) } },
    ]);
    await standIn.behaves(prompt);
    expect(await read(refused)).toMatchObject({ state: 'assigned', bars: [{ type: 'data' }] });
    expect(await read(tested)).toMatchObject({ state: 'testing', bars: [] });
    if (capabilitiesOf(kind).testStatus) {
      expect(await standIn.statusOfDevice(tested)).toBe('TEST_READY');
    }
    await acme.bulkDone('activate', { select: { iccids: [left] } });
    expect(await read(left)).toMatchObject({ state: 'active', bars: [] });
    await eventually(async () => {
      await operator.uses(tested, 60_000);
      expect(await read(tested)).toMatchObject({ state: 'active', bars: [] });
    });
    const end = (await acme.all<{ type: string; actor: string }>(`/v1/sims/${tested}/events`)).at(-1);
    expect(end).toMatchObject({ type: 'sim.activated', actor: 'system' });
    if (capabilitiesOf(kind).testStatus) {
      // The next comparison ends the operator's own test status. It starts when the operator changes a SIM.
      await standIn.changesSim(left, { connected: true });
      await eventually(async () => expect(await standIn.statusOfDevice(tested)).toBe('ACTIVATED'));
    }
    await acme.bulkDone('suspend', { select: { iccids: [tested] } });
    expect(await read(tested)).toMatchObject({ state: 'suspended' });
  });

  test('whose suspension is confirmed after a day are pending until then', async () => {
    const chosen = activeSims(3);
    await standIn.behaves({ ...prompt, changeDelayDays: 1 });
    await cloud.clock.held(async () => {
      const { id } = await acme.bulk('suspend', { select: { iccids: chosen }, reason: 'not_paid' });
      for (const sim of await untilPending(chosen)) {
        expect(sim).toMatchObject({
          state: 'active',
          bars: [],
          pendingChange: { action: 'suspend', since: expect.any(String), operationId: id },
          nextActions: [],
        });
      }
      await eventually(async () => {
        expect(await operation(id)).toMatchObject({ state: 'running', succeeded: 0, failed: 0, waitingForOperator: 3 });
      });
    });
    await cloud.clock.skip({ days: 1 });
    await eventually(async () => {
      for (const iccid of chosen) {
        const sim = await read(iccid);
        expect(sim).toMatchObject({ state: 'suspended', bars: [{ type: 'data', reason: 'not_paid' }] });
        expect(sim).not.toHaveProperty('pendingChange');
      }
    });
    expect((await timelineOf(chosen[0] ?? '')).slice(-2)).toEqual(['sim.suspension_requested', 'sim.suspended']);
  });

  test('whose suspension is refused after a day stay active, with the reason in the result', async () => {
    const [refused = '', accepted = ''] = activeSims(2);
    await standIn.behaves({ ...prompt, changeDelayDays: 1, refuseChanges: [refused] });
    const { id } = await acme.bulk('suspend', { select: { iccids: [refused, accepted] } });
    expect(await acme.operationDone(id)).toMatchObject({ succeeded: 1, failed: 1 });
    expect(await acme.resultsOf(id, 'failed')).toEqual([
      { iccid: refused, outcome: 'failed', problem: { code: 'operator_refused', detail: refusals[kind] } },
    ]);
    const sim = await read(refused);
    expect(sim).toMatchObject({
      state: 'active',
      bars: [],
      nextActions: ['suspend', 'terminate', 'assign', 'migrate', 'unassign', 'replace'],
    });
    expect(sim).not.toHaveProperty('pendingChange');
    expect((await timelineOf(refused)).slice(-2)).toEqual(['sim.suspension_requested', 'sim.suspension_failed']);
    expect(await read(accepted)).toMatchObject({ state: 'suspended' });
  });

  test('wait for the operator when they are resumed and terminated', async () => {
    const [resumed = '', ended = ''] = activeSims(2);
    await acme.bulkDone('suspend', { select: { iccids: [resumed, ended] } });
    await standIn.behaves({ ...prompt, changeDelayDays: 1 });
    const [resumption, termination] = await cloud.clock.held(async () => {
      const asked = [
        await acme.bulk('resume', { select: { iccids: [resumed] } }),
        await acme.bulk('terminate', { select: { iccids: [ended] }, confirm: 1 }),
      ] as const;
      const [before, other] = await untilPending([resumed, ended]);
      expect(before).toMatchObject({ state: 'suspended', pendingChange: { action: 'resume' } });
      expect(other).toMatchObject({ state: 'suspended', pendingChange: { action: 'terminate' } });
      return asked;
    });
    expect(await acme.operationDone(resumption.id)).toMatchObject({ state: 'succeeded', succeeded: 1 });
    expect(await acme.operationDone(termination.id)).toMatchObject({ state: 'succeeded', succeeded: 1 });
    expect(await read(resumed)).toMatchObject({ state: 'active', bars: [] });
    expect(await read(ended)).toMatchObject({ state: 'terminated' });
  });

  test('whose operation is cancelled keep the changes that the operator has been asked for', async () => {
    const chosen = activeSims(2);
    await standIn.behaves({ ...prompt, changeDelayDays: 1 });
    const id = await cloud.clock.held(async () => {
      const asked = await acme.bulk('suspend', { select: { iccids: chosen } });
      await untilPending(chosen);
      is(200, await acme.api.post<Operation>(`/v1/operations/${asked.id}/cancel`, {}));
      return asked.id;
    });
    expect(await acme.operationDone(id)).toMatchObject({ state: 'cancelled', total: 2, succeeded: 2 });
    for (const iccid of chosen) {
      expect(await read(iccid)).toMatchObject({ state: 'suspended' });
    }
  });

  test.each([
    { action: 'suspend', end: 'suspended' },
    { action: 'terminate', end: 'terminated' },
  ])('have a failed $action after seven days without a confirmation, and a late one is accepted', async (change) => {
    const [iccid = ''] = activeSims(1);
    await standIn.behaves({ ...prompt, changeDelayDays: LATE_DAYS });
    const { id } = await cloud.clock.held(async () => {
      const confirm = change.action === 'terminate' ? { confirm: 1 } : {};
      const asked = await acme.bulk(change.action, { select: { iccids: [iccid] }, ...confirm });
      await untilPending([iccid]);
      return asked;
    });
    await cloud.clock.skip({ days: 8 });
    expect(await acme.operationDone(id)).toMatchObject({ state: 'failed', failed: 1 });
    expect((await acme.resultsOf(id)).map(({ problem }) => problem?.code)).toEqual(['operator_unavailable']);
    const sim = await read(iccid);
    expect(sim).toMatchObject({ state: 'active', bars: [] });
    expect(sim).not.toHaveProperty('pendingChange');
    await cloud.clock.skip({ days: LATE_DAYS - 7 });
    await eventually(async () => {
      expect(await read(iccid)).toMatchObject({ state: change.end });
    });
  });

  test('stay assigned when their activation is refused, with the reason in the result', async () => {
    const sims = await operator.assignedSims(10);
    const [refused = '', ...others] = sims.map(({ iccid }) => iccid);
    await standIn.behaves({ ...prompt, refuseActivation: [refused] });
    const { id } = await acme.bulk('activate', { select: { iccids: [refused, ...others] } });
    expect(await acme.operationDone(id)).toMatchObject({ succeeded: 9, failed: 1 });
    expect(await acme.resultsOf(id, 'failed')).toMatchObject([
      { iccid: refused, problem: { code: 'operator_refused', detail: expect.stringMatching(/\S/) } },
    ]);
    expect(await read(refused)).toMatchObject({ state: 'assigned', bars: [{ type: 'data' }] });
  });

  test('are all changed although calls fail, or are refused as too many', async () => {
    const sims = await operator.assignedSims(20);
    const all = sims.map(({ iccid }) => iccid);
    // Little enough work for the seven days of a change, which are 3.5 seconds here.
    await standIn.behaves({ ...prompt, requestsPerSecond: 8, concurrentCalls: 1 });
    const [first, second] = [all.slice(0, 10), all.slice(10)];
    expect(await acme.bulkDone('activate', { select: { iccids: first } })).toMatchObject({ succeeded: 10, failed: 0 });
    await standIn.behaves({ ...prompt, failureRate: 0.4 });
    expect(await acme.bulkDone('activate', { select: { iccids: second } })).toMatchObject({ succeeded: 10, failed: 0 });
    const orderId = sims[0]?.orderId ?? '';
    expect(await acme.sims({ orderId, state: 'active' })).toHaveLength(20);
  });

  test('become active although the operator stops answering for days during their activation', async () => {
    const sims = await operator.assignedSims(10);
    const iccidsOfOrder = sims.map(({ iccid }) => iccid);
    await standIn.behaves({ ...prompt, activationDelayDays: 5 });
    const { id } = await cloud.clock.held(async () => {
      const begun = await acme.bulk('activate', { select: { iccids: iccidsOfOrder } });
      await eventually(async () => {
        expect(await operation(begun.id)).toMatchObject({ waitingForOperator: 10 });
      });
      await standIn.behaves({ stall: true });
      return begun;
    });
    await cloud.clock.skip({ days: 8 });
    expect(await acme.operationDone(id, { within: 90_000 })).toMatchObject({ state: 'failed', total: 10, failed: 10 });
    const orderId = sims[0]?.orderId ?? '';
    expect(await acme.sims({ orderId, state: 'assigned' })).toHaveLength(10);
    await standIn.behavesWell();
    await eventually(async () => {
      expect(await acme.sims({ orderId, state: 'active' })).toHaveLength(10);
    });
  });
});
