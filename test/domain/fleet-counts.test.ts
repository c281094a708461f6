import { describe, expect, test } from '@jest/globals';
import { areCountsFresh, type FleetCounts } from '../../domain/fleet-counts.ts';

const countedAt = '2026-11-30T12:00:00.000Z';
const of = (inStock: number, active = 0): FleetCounts => ({
  countedAt,
  complete: true,
  states: {
    in_holding: 0,
    in_stock: inStock,
    assigned: 0,
    activating: 0,
    testing: 0,
    active,
    suspended: 0,
    terminated: 0,
  },
});
const later = (minutes: number, seconds = 0) => new Date(Date.parse(countedAt) + minutes * 60_000 + seconds * 1000);

describe('numbers of SIMs are shown', () => {
  test.each([
    [of(0), 1],
    [of(40_000), 1],
    [of(40_000, 1), 2],
    [of(50_000, 150_000), 5],
    [of(1_000_000), 25],
    [of(5_000_000), 30],
  ])('for minutes that grow with the fleet, up to half an hour (%#)', (counts, minutes) => {
    expect(areCountsFresh(counts, later(0))).toBe(true);
    expect(areCountsFresh(counts, later(minutes, -1))).toBe(true);
    expect(areCountsFresh(counts, later(minutes))).toBe(false);
  });

  test('not before they were counted, when a clock was set back', () => {
    expect(areCountsFresh(of(1), later(-1))).toBe(false);
  });
});
