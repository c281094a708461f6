import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { simStates } from '../../domain/sim.ts';
import { withPendingChange } from '../../domain/sim-changes.ts';
import { endTest, inTestSince, isLeftInTest, usedInTest } from '../../domain/test-status.ts';
import { emptyPart, type SimDay } from '../../domain/usage.ts';
import { anIccid, aSim, LONG_AGO, NOW } from './builders.ts';

const SINCE = '2026-03-07T10:20:00.000Z';

/** A day's usage in bytes by hour, in one network or several. */
const aDay = (day: string, ...networks: Record<number, number>[]): SimDay => ({
  ...emptyPart(anIccid(), day, 0),
  networks: new Map(
    networks.map((hours, number) => [
      `2320${number}`,
      new Map(Object.entries(hours).map(([hour, bytes]) => [Number(hour), bytes])),
    ]),
  ),
});

describe('the usage of a SIM in test status', () => {
  test('is that of all networks since the hour in which the status began', () => {
    const days = [
      aDay('2026-03-06', { 23: 1_000 }),
      aDay('2026-03-07', { 9: 500, 10: 7, 11: 20 }, { 8: 900, 23: 300 }),
      aDay('2026-04-01', { 0: 4_000 }),
    ];
    expect(usedInTest(days, SINCE)).toBe(4_327);
    expect(usedInTest([], SINCE)).toBe(0);
  });

  test('adds up the parts of a day', () => {
    expect(usedInTest([aDay('2026-03-07', { 12: 3 }), { ...aDay('2026-03-07', { 12: 4 }), part: 1 }], SINCE)).toBe(7);
  });
});

describe('test status ends', () => {
  const testing = () => aSim({ operatorId: '3ireland' }).testing();

  test('when the SIM has used as much as the limit, and not before', () => {
    expect(endTest(testing(), 99_999, 100_000, NOW)).toBeUndefined();
    expect(endTest(testing(), 100_000, 100_000, NOW)).toEqual({
      ...testing(),
      state: 'active',
      stateChangedAt: NOW,
      updatedAt: NOW,
      version: 4,
    });
  });

  test('at no usage in any other state', () => {
    fc.assert(
      fc.property(fc.constantFrom(...simStates), fc.nat(), (state, used) => {
        const sim = aSim({ operatorId: '3ireland' }).in(state);
        expect(endTest(sim, used, 0, NOW) === undefined).toBe(state !== 'testing');
        expect(inTestSince(sim)).toBe(state === 'testing' ? LONG_AGO : undefined);
      }),
    );
  });

  test('while the operator makes another change, which continues', () => {
    const suspending = withPendingChange(testing(), 'suspend', 'op_1', LONG_AGO);
    expect(endTest(suspending, 1, 1, NOW)).toMatchObject({
      state: 'active',
      bars: [],
      pendingChange: { action: 'suspend', operationId: 'op_1' },
    });
  });

  test('while the operator activates the SIM, which is then done', () => {
    const activating = withPendingChange(testing(), 'activate', 'op_1', LONG_AGO);
    const active = endTest(activating, 1, 1, NOW);
    expect(active).toMatchObject({ state: 'active' });
    expect(active).not.toHaveProperty('pendingChange');
  });

  test('at an operator with a test status of its own by asking it, if the SIM is still in test there', () => {
    expect(isLeftInTest(aSim().active(), 'testing')).toBe(true);
    expect(isLeftInTest(aSim().active(), 'active')).toBe(false);
    expect(isLeftInTest(aSim().active(), undefined)).toBe(false);
    expect(isLeftInTest(testing(), 'testing')).toBe(false);
    expect(isLeftInTest(aSim().assigned(), 'testing')).toBe(false);
    expect(isLeftInTest(withPendingChange(aSim().active(), 'suspend', 'op_1', NOW), 'testing')).toBe(false);
  });
});
