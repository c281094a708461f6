import { expect, it } from '@jest/globals';
import { rangeOf, sumByTime } from './usage-range.ts';

it('shows the last days, the month so far or the last year', () => {
  const now = new Date('2026-11-30T12:00:00Z');
  expect(rangeOf('hour', now).from).toBe('2026-11-28T12:00:00.000Z');
  expect(rangeOf('day', now)).toEqual({});
  expect(rangeOf('month', now).from).toBe('2025-11-30T12:00:00.000Z');
});

it('adds the usage of all networks', () => {
  const points = [
    { at: '2026-11-02T00:00:00Z', bytes: 5, network: '23420' },
    { at: '2026-11-01T00:00:00Z', bytes: 1, network: '23420' },
    { at: '2026-11-01T00:00:00Z', bytes: 2, network: '23430' },
  ];
  expect(sumByTime(points)).toEqual([
    { at: new Date('2026-11-01T00:00:00Z'), bytes: 3 },
    { at: new Date('2026-11-02T00:00:00Z'), bytes: 5 },
  ]);
});
