import { describe, expect, test } from '@jest/globals';
import { asId } from '../../domain/ids.ts';
import {
  dueWalk,
  endWalk,
  hoursSinceAllVisited,
  type SimWalk,
  walkAfterFailure,
  walkTo,
} from '../../domain/sim-walk.ts';
import { HOUR_MS } from '../../domain/time-units.ts';

const plan = { purpose: 'usage', operatorId: asId('operator', 'a1'), everyMs: 12 * HOUR_MS } as const;
const [morning, noon, evening] = ['06:00', '12:00', '18:00'].map((time) => new Date(`2026-03-02T${time}:00.000Z`)) as [
  Date,
  Date,
  Date,
];
const place = { partnerId: asId('partner', 'acme'), shard: 4, after: '8944200000000000017' };

function begun(last?: SimWalk, at = morning): SimWalk {
  const walk = dueWalk(last, plan, at);
  if (!walk) throw new Error('no walk is due');
  return walk;
}

describe('a walk', () => {
  test('starts when there has been none, and again the interval after it started', () => {
    const ended = endWalk(begun(), noon);
    expect(begun()).toMatchObject({ startedAt: morning.toISOString(), version: 0 });
    expect(dueWalk(ended, plan, new Date(evening.getTime() - 1))).toBeUndefined();
    expect(begun(ended, evening)).toMatchObject({ startedAt: evening.toISOString() });
  });

  test('that is in progress continues, however long it takes', () => {
    const walk = walkTo(begun(), place);
    expect(dueWalk(walk, plan, new Date('2026-03-09T00:00:00.000Z'))).toEqual({ ...walk, position: place });
  });

  test('that was requested while another one was in progress starts when that one ends', () => {
    const onRequest = { ...plan, everyMs: Number.POSITIVE_INFINITY };
    const requested: SimWalk = { ...begun(), again: true };
    expect(dueWalk(requested, onRequest, noon)).toBe(requested);
    const next = dueWalk(endWalk(requested, noon), onRequest, evening);
    expect(next).toMatchObject({ startedAt: evening.toISOString() });
    expect(next).not.toHaveProperty('again');
    expect(dueWalk(endWalk(begun(), noon), onRequest, evening)).toBeUndefined();
  });

  test('counts failed runs at one position only', () => {
    const failed = walkAfterFailure(walkAfterFailure(walkTo(begun(), place)));
    expect(failed).toMatchObject({ position: place, failures: 2 });
    expect(walkTo(failed, { ...place, shard: 5 })).not.toHaveProperty('failures');
  });

  test('that has visited every SIM reports when it started', () => {
    const ended = endWalk(walkTo(begun(), place), noon);
    expect(ended).toMatchObject({ endedAt: noon.toISOString(), visitedSince: morning.toISOString() });
    expect(ended).not.toHaveProperty('position');
    expect(begun(ended, evening)).toMatchObject({ visitedSince: morning.toISOString() });
  });

  test('that has skipped SIMs does not, and the next one is counted alone', () => {
    const first = endWalk(begun(), noon);
    const second = endWalk(walkTo(walkTo(begun(first, evening), place, 3), { ...place, shard: 9 }), evening);
    expect(second).toMatchObject({ skipped: 3, visitedSince: morning.toISOString() });
    const tomorrow = new Date('2026-03-03T06:00:00.000Z');
    expect(endWalk(begun(second, tomorrow), tomorrow)).toMatchObject({ visitedSince: tomorrow.toISOString() });
  });

  test('shows how long ago every SIM had been visited, or how long the first walk has taken', () => {
    expect(hoursSinceAllVisited(begun(), noon)).toBe(6);
    const ended = endWalk(begun(), noon);
    expect(hoursSinceAllVisited(begun(ended, evening), evening)).toBe(12);
  });
});
