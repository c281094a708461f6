import { expect, it } from '@jest/globals';
import { formatBytes, formatCount, formatDays, formatMonth, formatTime } from './format.ts';

it('shows a time in the viewer’s zone with UTC beside', () => {
  const { local, utc } = formatTime('2026-11-30T23:30:00.000Z', 'Asia/Tokyo');
  expect(local).toContain('Dec 1, 2026');
  expect(utc).toBe('2026-11-30 23:30 UTC');
});

it('shows volumes in decimal units', () => {
  expect([0, 999, 1000, 1_234_567, 250_000_000, 3e12, 5e15].map(formatBytes)).toEqual([
    '0 bytes',
    '999 bytes',
    '1 KB',
    '1.2 MB',
    '250 MB',
    '3 TB',
    '5,000 TB',
  ]);
});

it('shows a range of days, or one day', () => {
  expect(formatDays({ earliest: '2026-12-01', latest: '2026-12-01' })).toBe('Dec 1, 2026');
  expect(formatDays({ earliest: '2026-12-01', latest: '2026-12-03' })).toBe('Dec 1, 2026 – Dec 3, 2026');
});

it('shows a month', () => {
  expect(['2029-01', '2026-12'].map(formatMonth)).toEqual(['Jan 2029', 'Dec 2026']);
});

it('marks a count that is only the least number', () => {
  expect(formatCount({ count: 1200, isAtLeast: true })).toBe('1,200+');
  expect(formatCount({ count: 3, isAtLeast: false })).toBe('3');
});
