import { expect, it } from '@jest/globals';
import { dayRange } from './day-range.ts';

it('covers both days from their beginning to their end in the viewer’s zone', () => {
  const { from = '', to = '' } = dayRange('2026-11-01', '2026-11-02');
  expect(new Date(from)).toEqual(new Date(2026, 10, 1, 0, 0, 0, 0));
  expect(new Date(to)).toEqual(new Date(2026, 10, 2, 23, 59, 59, 999));
});

it('is open at a side without a day', () => {
  expect(dayRange(undefined, undefined)).toEqual({});
  expect(Object.keys(dayRange('2026-11-01', undefined))).toEqual(['from']);
  expect(Object.keys(dayRange('soon', '2026-11-01'))).toEqual(['to']);
});
