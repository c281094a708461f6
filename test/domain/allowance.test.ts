import { describe, expect, test } from '@jest/globals';
import { allowanceOf, forecastOf } from '../../domain/allowance.ts';

describe('the allowance of a service', () => {
  test.each([
    ['per_sim', 0, 1000],
    ['per_sim', 3, 1000],
    ['static_pool', 0, 1000],
    ['static_pool', 3, 1000],
    ['dynamic_pool', 0, 0],
    ['dynamic_pool', 1, 1000],
    ['dynamic_pool', 3, 3000],
  ] as const)('%s with %i SIMs is %i', (pooling, sims, bytes) => {
    expect(allowanceOf({ pooling, allowanceBytes: 1000 }, sims)).toBe(bytes);
  });
});

describe('the day on which an allowance ends', () => {
  const now = new Date('2026-02-11T00:00:00Z');

  test('is reported when it ends before its period', () => {
    expect(forecastOf(500, 1000, '2026-02', now)).toBe('2026-02-21');
    expect(forecastOf(1, 1000, '2026-02', now)).toBeUndefined();
    expect(forecastOf(0, 1000, '2026-02', now)).toBeUndefined();
  });

  test('is today when it has ended', () => {
    expect(forecastOf(1000, 1000, '2026-02', now)).toBe('2026-02-11');
    expect(forecastOf(9000, 1000, '2026-02', now)).toBe('2026-02-11');
    expect(forecastOf(1, 0, '2026-02', now)).toBe('2026-02-11');
  });

  test('is reported for the current period only', () => {
    expect(forecastOf(9000, 1000, '2026-01', now)).toBeUndefined();
    expect(forecastOf(9000, 1000, '2026-03', now)).toBeUndefined();
    expect(forecastOf(9000, 1000, '2025-12', new Date('2025-12-31T23:00:00Z'))).toBe('2025-12-31');
  });
});
