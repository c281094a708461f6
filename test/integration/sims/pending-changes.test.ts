import { beforeAll, describe, expect, test } from '@jest/globals';
import { DAY_MS } from '../../../domain/time-units.ts';
import { alarmsOf } from '../support/alarms.ts';
import { eventually, LATE_DAYS, useLocalCloud } from '../support/local-cloud.ts';
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
    expect(sim).toMatchObject({
      state: 'active',
      bars: [],
      nextActions: ['suspend', 'terminate', 'assign', 'migrate', 'unassign', 'replace'],
    });
    expect(sim).not.toHaveProperty('pendingChange');
    expect((await timelineOf(refused)).slice(-2)).toEqual(['sim.suspension_requested', 'sim.suspension_failed']);
    expect(await read(accepted)).toMatchObject({ state: 'suspended' });
  });
});

test('an unassignment waits until the operator has barred the active SIMs, and returns the others at once', async () => {
  const [accepted = '', refused = '', suspended = ''] = activeSims(3);
  await operator.behaves(prompt);
  await acme.bulkDone('suspend', { select: { iccids: [suspended] } });
  await operator.behaves({ ...prompt, changeDelayDays: 1, refuseChanges: [refused] });
  const { customerServiceId } = await read(accepted);
  const simsOfService = async () =>
    is(200, await acme.api.get<{ sims: number }>(`/v1/customer-services/${customerServiceId}/usage`)).sims;
  const before = await simsOfService();
  const { id } = await cloud.clock.held(async () => {
    const asked = await acme.bulk('unassign', { select: { iccids: [accepted, refused, suspended] } });
    for (const sim of await untilPending([accepted, refused])) {
      expect(sim).toMatchObject({ state: 'active', customerServiceId, pendingChange: { action: 'unassign' } });
    }
    await eventually(async () => expect(await read(suspended)).toMatchObject({ state: 'in_stock' }));
    return asked;
  });
  expect(await acme.operationDone(id)).toMatchObject({ state: 'partially_succeeded', succeeded: 2, failed: 1 });
  const [back, kept] = [await read(accepted), await read(refused)];
  expect(back).toMatchObject({
    state: 'in_stock',
    bars: [{ type: 'data' }],
    nextActions: ['assign', 'migrate', 'terminate'],
  });
  expect(back).not.toHaveProperty('customerId');
  expect(await operator.statusOfSim(accepted)).toBe('barred');
  expect(kept).toMatchObject({ state: 'active', bars: [], customerServiceId });
  expect(kept).not.toHaveProperty('pendingChange');
  expect(await simsOfService()).toBe(before - 2);
  expect((await timelineOf(accepted)).slice(-2)).toEqual(['sim.unassignment_requested', 'sim.unassigned']);
  expect((await timelineOf(refused)).slice(-2)).toEqual(['sim.unassignment_requested', 'sim.unassignment_failed']);
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
  await operator.behaves({ ...prompt, changeDelayDays: LATE_DAYS });
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
  await cloud.clock.skip({ days: LATE_DAYS - 7 });
  await eventually(async () => {
    expect(await read(iccid)).toMatchObject({ state: 'suspended', bars: [{ type: 'data', reason: 'lost' }] });
  });
});

test('a termination that is confirmed late counts, and its service stops counting the SIM', async () => {
  const [iccid = ''] = activeSims(1);
  await operator.behaves({ ...prompt, changeDelayDays: LATE_DAYS });
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
  await cloud.clock.skip({ days: LATE_DAYS - 7 });
  await eventually(async () => {
    expect(await read(iccid)).toMatchObject({ state: 'terminated' });
  });
  expect(await simsOfService()).toBe(before - 1);
});

describe("a suspension of an alarm that the operator confirms only after the alarm's period", () => {
  const platform = cloud.as({ roles: ['platform'] });
  const { anAlarm, firingsOf } = alarmsOf(cloud, acme);

  /** Sets the clock to so many days before the end of a month. */
  async function skipToEndOfMonth(daysBefore: number): Promise<void> {
    const now = await cloud.clock.now();
    const end = Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 2, 1);
    await cloud.clock.skip({ days: (end - now.getTime()) / DAY_MS - daysBefore });
  }

  /** Sends a file with usage of the SIM at the current time, which fires its alarm at once. */
  async function use(iccid: string, bytes: number): Promise<void> {
    const row = `alarm-${iccid},${iccid},${(await cloud.clock.now()).toISOString()},${bytes},23201`;
    const file = ['recordId,iccid,at,bytes,network', row, ''].join('\r\n');
    const counted = await platform.post('/v1/platform/operators/a1/usage', file, { 'content-type': 'text/csv' });
    expect(is(200, counted)).toMatchObject({ counted: 1 });
  }

  /** Lets a quarter of a day pass before each look, so that pauses end and schedules run. */
  const later = <T>(look: () => Promise<T>) =>
    eventually(async () => {
      await cloud.clock.skip({ days: 0.25 });
      return look();
    });

  test.each([
    { confirmed: 'before the deadline', endsAfterDays: 2, delayDays: 3, state: 'succeeded' },
    { confirmed: 'after the deadline', endsAfterDays: 9, delayDays: 10, state: 'failed' },
  ])('is undone: $confirmed of seven days', ({ endsAfterDays, delayDays, state }) =>
    cloud.clock.held(async () => {
      const [iccid = ''] = activeSims(1);
      const alarm = await anAlarm({ scope: { iccid }, threshold: { bytes: 1000 }, action: 'suspend' });
      await operator.behaves({ ...prompt, changeDelayDays: delayDays });
      await skipToEndOfMonth(endsAfterDays);
      await use(iccid, 1000);
      const [firing] = await firingsOf(alarm);
      const id = firing?.operationId ?? '';
      await untilPending([iccid]);
      // The bar that the operator sets is removed at once.
      await operator.behaves(prompt);
      await cloud.clock.skip({ days: endsAfterDays });
      expect(await operator.statusOfSim(iccid)).toBe('pending');
      const barred = (await cloud.clock.now()).getTime() + (delayDays - endsAfterDays) * DAY_MS;
      const ended = await later(async () => {
        const seen = await operation(id);
        expect(seen.finishedAt).toBeDefined();
        expect((await cloud.clock.now()).getTime()).toBeGreaterThan(barred);
        return seen;
      });
      expect(ended).toMatchObject({ state, requestedBy: alarm.id });
      await later(async () => {
        expect(await operator.statusOfSim(iccid)).toBe('active');
      });
      const sim = await read(iccid);
      expect(sim).toMatchObject({
        state: 'active',
        bars: [],
        nextActions: ['suspend', 'terminate', 'assign', 'migrate', 'unassign', 'replace'],
      });
      expect(sim).not.toHaveProperty('pendingChange');
      const timeline = await timelineOf(iccid);
      expect(timeline.at(-1)).toBe('sim.suspension_failed');
      expect(timeline).not.toContain('sim.suspended');
    }),
  );
});

test('a termination that the operator has accepted ends a change that another operation has begun meanwhile', async () => {
  const sims = await acme.activeSims({ operatorId: 'a1', quantity: 20 });
  const select = { iccids: sims.map(({ iccid }) => iccid) };
  await operator.behaves({ ...prompt, changeDelayDays: 0.5 });
  const started = await Promise.all([
    acme.bulk('unassign', { select }),
    acme.bulk('terminate', { select, confirm: select.iccids.length }),
  ]);
  const [, termination] = await Promise.all(started.map(({ id }) => acme.operationDone(id)));
  await operator.behaves(prompt);
  const results = await acme.resultsOf(termination?.id ?? '');
  expect(results).toHaveLength(sims.length);
  for (const { iccid, outcome, problem } of results) {
    const { state } = await read(iccid);
    // Whichever is first for a SIM takes effect: none is terminated at its operator and in use here.
    expect({ outcome, code: problem?.code, state }).toEqual(
      outcome === 'succeeded' ? { outcome, state: 'terminated' } : { outcome, code: 'wrong_state', state: 'in_stock' },
    );
  }
});
