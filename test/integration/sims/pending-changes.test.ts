import { beforeAll, describe, expect, test } from '@jest/globals';
import { eventually, useLocalCloud } from '../support/local-cloud.ts';
import { is, type Operation, type Sim } from '../support/partner.ts';

const cloud = useLocalCloud();
const acme = cloud.partner('acme-pending');
const operator = cloud.operator('a1');
const prompt = { leadTimeDays: 0 };

let iccids: string[];
let next = 0;
/** Active SIMs that no other test has. */
const activeSims = (count: number) => {
  next += count;
  return iccids.slice(next - count, next);
};

const read = async (iccid: string) => is(200, await acme.api.get<Sim>(`/v1/sims/${iccid}`));
const operation = async (id: string) => is(200, await acme.api.get<Operation>(`/v1/operations/${id}`));
const timelineOf = async (iccid: string) => {
  const events = await acme.all<{ type: string; operationId?: string; reason?: string }>(`/v1/sims/${iccid}/events`);
  return events.map(({ type }) => type);
};

/** Waits until all SIMs wait for their operator. */
const untilPending = (of: readonly string[]) =>
  eventually(async () => {
    const sims = await Promise.all(of.map(read));
    expect(sims.every(({ pendingChange }) => pendingChange !== undefined)).toBe(true);
    return sims;
  });

beforeAll(async () => {
  await operator.behaves(prompt);
  iccids = (await acme.activeSims({ operatorId: 'a1', quantity: 20 })).map(({ iccid }) => iccid);
});

describe('a suspension that the operator confirms after a day', () => {
  test('is pending until then, and the operation waits for the operator', async () => {
    const chosen = activeSims(3);
    await operator.behaves({ ...prompt, changeDelayDays: 1 });
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
      const listed = await acme.sims({ orderId: (await read(chosen[0] ?? '')).orderId ?? '', state: 'active' });
      expect(listed.filter(({ pendingChange }) => pendingChange).map(({ iccid }) => iccid)).toEqual([...chosen].sort());
      const dryRun = await acme.api.post<{ byCode: object }>('/v1/sims/terminate', {
        select: { iccids: chosen },
        confirm: 3,
        dryRun: true,
      });
      expect(is(200, dryRun)).toMatchObject({ total: 3, eligible: 0, byCode: { wrong_state: 3 } });
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

  test('that it refuses then leaves the SIM active, with the reason in the result', async () => {
    const [refused = '', accepted = ''] = activeSims(2);
    await operator.behaves({ ...prompt, changeDelayDays: 1, refuseChanges: [refused] });
    const { id } = await acme.bulk('suspend', { select: { iccids: [refused, accepted] } });
    const done = await acme.operationDone(id);
    expect(done).toMatchObject({ state: 'partially_succeeded', succeeded: 1, failed: 1 });
    expect(await acme.resultsOf(id, 'failed')).toEqual([
      {
        iccid: refused,
        outcome: 'failed',
        problem: { code: 'operator_refused', detail: 'The operator does not change this SIM' },
      },
    ]);
    const sim = await read(refused);
    expect(sim).toMatchObject({ state: 'active', bars: [], nextActions: ['suspend', 'terminate', 'assign'] });
    expect(sim).not.toHaveProperty('pendingChange');
    expect((await timelineOf(refused)).slice(-2)).toEqual(['sim.suspension_requested', 'sim.suspension_failed']);
    expect(await read(accepted)).toMatchObject({ state: 'suspended' });
  });
});

test('a resumption and a termination wait for the operator, too', async () => {
  const [resumed = '', ended = ''] = activeSims(2);
  await operator.behaves(prompt);
  await acme.bulkDone('suspend', { select: { iccids: [resumed, ended] } });
  await operator.behaves({ ...prompt, changeDelayDays: 1 });
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

test('a cancelled operation keeps the changes that its operator has been asked for', async () => {
  const chosen = activeSims(2);
  await operator.behaves({ ...prompt, changeDelayDays: 1 });
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

test('a suspension that is never confirmed fails after seven days, and a late confirmation is accepted', async () => {
  const [iccid = ''] = activeSims(1);
  await operator.behaves({ ...prompt, changeDelayDays: 20 });
  const { id } = await cloud.clock.held(async () => {
    const asked = await acme.bulk('suspend', { select: { iccids: [iccid] }, reason: 'lost' });
    await untilPending([iccid]);
    return asked;
  });
  await cloud.clock.skip({ days: 8 });
  expect(await acme.operationDone(id)).toMatchObject({ state: 'failed', failed: 1 });
  expect((await acme.resultsOf(id)).map(({ problem }) => problem?.code)).toEqual(['operator_unavailable']);
  const sim = await read(iccid);
  expect(sim).toMatchObject({ state: 'active', bars: [] });
  expect(sim).not.toHaveProperty('pendingChange');
  await cloud.clock.skip({ days: 13 });
  await eventually(async () => {
    expect(await read(iccid)).toMatchObject({ state: 'suspended', bars: [{ type: 'data', reason: 'lost' }] });
  });
});

test('a termination that is confirmed late counts, and its service stops counting the SIM', async () => {
  const [iccid = ''] = activeSims(1);
  await operator.behaves({ ...prompt, changeDelayDays: 20 });
  const { customerServiceId } = await read(iccid);
  const simsOfService = async () =>
    is(200, await acme.api.get<{ sims: number }>(`/v1/customer-services/${customerServiceId}/usage`)).sims;
  const before = await simsOfService();
  const { id } = await cloud.clock.held(async () => {
    const asked = await acme.bulk('terminate', { select: { iccids: [iccid] }, confirm: 1 });
    await untilPending([iccid]);
    return asked;
  });
  await cloud.clock.skip({ days: 8 });
  expect(await acme.operationDone(id)).toMatchObject({ state: 'failed' });
  expect(await simsOfService()).toBe(before);
  await cloud.clock.skip({ days: 13 });
  await eventually(async () => {
    expect(await read(iccid)).toMatchObject({ state: 'terminated' });
  });
  expect(await simsOfService()).toBe(before - 1);
});
