import { describe, expect, it } from '@jest/globals';
import { MAX_DAYS_BY_HOUR } from '../../../../domain/usage-range.ts';
import { barsOf, granularities, labelOf, requestFor } from './usage-range.ts';

const now = new Date('2026-11-30T12:34:00Z');

const point = (at: string, bytes: number, network = '23420') => ({ at, bytes, network });

describe('a chart of usage', () => {
  it('spans the last two days, 30 days or twelve months, with or without usage', () => {
    const spans = granularities.map((granularity) => {
      const { bars } = barsOf({ points: [] }, granularity, now, 'UTC');
      return [bars.length, bars[0]?.period, bars.at(-1)?.period];
    });
    expect(spans).toEqual([
      [48, '2026-11-28T13', '2026-11-30T12'],
      [30, '2026-11-01', '2026-11-30'],
      [12, '2025-12', '2026-11'],
    ]);
  });

  it('requests all of its periods, and days by hour within the limit of the API', () => {
    expect(requestFor('hour', now)).toEqual({ granularity: 'hour', from: '2026-11-28T13:34:00.000Z' });
    expect(requestFor('month', now)).toEqual({ granularity: 'month', from: '2025-12-01T00:00:00.000Z' });
    const { granularity, from } = requestFor('day', now);
    expect(granularity).toBe('hour');
    expect(now.getTime() - Date.parse(from)).toBeLessThan(MAX_DAYS_BY_HOUR * 86_400_000);
    for (const timeZone of ['UTC', 'Pacific/Auckland', 'America/Los_Angeles']) {
      const { bars, totalBytes } = barsOf({ points: [point(from, 1)] }, 'day', now, timeZone);
      const requested = new Date(from).toLocaleDateString('sv-SE', { timeZone });
      // The request begins before the first day, which is complete.
      expect([requested < (bars[0]?.period ?? ''), totalBytes]).toEqual([true, 0]);
    }
  });

  it('adds the usage of all networks', () => {
    const points = [point('2026-11-02T05:00:00Z', 5), point('2026-11-02T05:00:00Z', 2, '23430')];
    const { bars, totalBytes } = barsOf({ points }, 'day', now, 'UTC');
    expect(bars.find(({ period }) => period === '2026-11-02')?.bytes).toBe(7);
    expect(totalBytes).toBe(7);
  });

  it('has the days of the viewer', () => {
    const points = [point('2026-11-02T23:00:00.000Z', 1), point('2026-11-03T07:00:00.000Z', 2)];
    const daysIn = (timeZone: string) =>
      barsOf({ points }, 'day', now, timeZone).bars.flatMap(({ period, bytes }) => (bytes ? [[period, bytes]] : []));
    expect(daysIn('Europe/Berlin')).toEqual([['2026-11-03', 3]]);
    expect(daysIn('America/Los_Angeles')).toEqual([['2026-11-02', 3]]);
  });

  it('has months in UTC, as allowances have', () => {
    const { bars } = barsOf({ points: [point('2026-11-01T00:00:00.000Z', 4)] }, 'month', now, 'America/Los_Angeles');
    expect(bars.at(-1)).toEqual({ period: '2026-11', bytes: 4 });
  });

  it('shows no usage as zero where the records of the operator are complete, and not yet otherwise', () => {
    const usage = { points: [point('2026-11-28T00:00:00.000Z', 1)], completeUntil: '2026-11-29T10:00:00.000Z' };
    const last = (count: number, of: Parameters<typeof barsOf>[0]) =>
      barsOf(of, 'day', now, 'UTC')
        .bars.slice(-count)
        .map(({ bytes }) => bytes);
    expect(last(4, usage)).toEqual([0, 1, undefined, undefined]);
    expect(last(4, { points: usage.points })).toEqual([undefined, 1, undefined, undefined]);
    expect(last(2, { ...usage, completeUntil: '2026-11-30T00:00:00.000Z' })).toEqual([0, undefined]);
  });
});

it('labels hours in the zone of the viewer', () => {
  expect(labelOf('2026-11-30T12', 'hour', 'Asia/Kolkata')).toMatch(/30.*(17|5):30|(17|5):30.*30/);
  expect(labelOf('2026-11-30', 'day')).toMatch(/30/);
  expect(labelOf('2026-11', 'month')).toMatch(/2026/);
});
