import { describe, expect, it } from '@jest/globals';
import { poolShare, recentPeriods, shareOf } from './usage-share.ts';

describe('the share of an allowance', () => {
  it('is that of a pool, and rounded down', () => {
    expect(poolShare({ usedBytes: 999, allowanceBytes: 1000, pooling: 'static_pool' })).toBe(99);
    expect(poolShare({ usedBytes: 3000, allowanceBytes: 1000, pooling: 'dynamic_pool' })).toBe(300);
  });

  it('is unknown for a service whose SIMs have allowances of their own, and for one without a tariff', () => {
    expect(poolShare({ usedBytes: 10, allowanceBytes: 1000, pooling: 'per_sim' })).toBeUndefined();
    expect(poolShare({ usedBytes: 10 })).toBeUndefined();
  });

  it('is unknown for a dynamic pool without SIMs, whose allowance is 0', () => {
    expect(shareOf(0, 0)).toBeUndefined();
  });
});

it('lists months in UTC across a year, whatever the day of the month', () => {
  expect(recentPeriods(new Date('2026-01-31T23:59:59Z'), 3)).toEqual(['2026-01', '2025-12', '2025-11']);
});
