import { describe, expect, test } from '@jest/globals';
import { type CountedSim, serviceCountChanges, simsInPeriod } from '../../domain/service-counts.ts';

const aCountedSim = (own: Partial<CountedSim> = {}): CountedSim => ({
  state: 'active',
  partnerServiceId: 'psv_fleet',
  customerServiceId: 'csv_trackers',
  ...own,
});

const changes = (...args: Parameters<typeof serviceCountChanges>) => Object.fromEntries(serviceCountChanges(...args));

describe('the counts of services', () => {
  test('follow SIMs that are migrated, assigned and unassigned', () => {
    expect(changes('migrate', [aCountedSim({ serviceBefore: 'psv_holding_3uk' }), aCountedSim()])).toEqual({
      psv_holding_3uk: -1,
      psv_fleet: 2,
    });
    expect(changes('assign', [aCountedSim({ serviceBefore: 'csv_meters' })])).toEqual({
      csv_meters: -1,
      csv_trackers: 1,
    });
    const inStock = aCountedSim({ serviceBefore: 'csv_trackers', customerServiceId: undefined });
    expect(changes('unassign', [inStock])).toEqual({ csv_trackers: -1 });
  });

  test('lose a SIM that is terminated, which keeps the ids of its services', () => {
    const terminated = aCountedSim({ state: 'terminated', leftCounts: true });
    expect(changes('terminate', [terminated, terminated])).toEqual({ psv_fleet: -2, csv_trackers: -2 });
  });

  test('keep a SIM that an earlier release terminated, which the backfill removes', () => {
    expect(changes('terminate', [aCountedSim({ state: 'terminated' })])).toEqual({});
  });

  test('do not change when bars change', () => {
    for (const action of ['activate', 'suspend', 'resume'] as const) {
      expect(changes(action, [aCountedSim({ serviceBefore: 'csv_meters' })])).toEqual({});
    }
  });
});

describe('the number of SIMs of a service', () => {
  const counts = { sims: 7, gained_2026_01: 2, gained_2026_03: -1, gained_2026_11: 6 };

  test.each([
    ['2025-12', 0],
    ['2026-01', 2],
    ['2026-02', 2],
    ['2026-03', 1],
    ['2026-10', 1],
    ['2026-11', 7],
    ['2027-01', 7],
  ])('at the end of %s was %i', (period, sims) => {
    expect(simsInPeriod(counts, period)).toBe(sims);
  });

  test('is the current one for periods without a record of changes', () => {
    expect(simsInPeriod({ sims: 4 }, '2025-01')).toBe(4);
  });
});
