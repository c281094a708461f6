import { daysBetween, plusDays } from '../../../../domain/calendar-day.ts';
import type { Resource } from '../../api/client.ts';
import { recentPeriods } from '../../services/usage-share.ts';

export const granularities = ['hour', 'day', 'month'] as const;

/** The length of the periods of a chart. */
export type Granularity = (typeof granularities)[number];

type Usage = Pick<Resource<'SimUsage'>, 'points' | 'completeUntil'>;

/** The usage of a period; `undefined` while it is not known. */
export type Bar = { period: string; bytes: number | undefined };

const HOUR_MS = 3_600_000;
const HOURS = 48;
const DAYS = 30;
const MONTHS = 12;

/**
 * What to request for a chart of the last two days, 30 days or twelve months. Days are the viewer's: they are summed from hours. Months
 * are in UTC, like those of allowances.
 */
export function requestFor(granularity: Granularity, now: Date): { granularity: Granularity; from: string } {
  const before = (hours: number) => new Date(now.getTime() - hours * HOUR_MS).toISOString();
  switch (granularity) {
    case 'hour':
      return { granularity: 'hour', from: before(HOURS - 1) };
    case 'day':
      // Half a day more than a day of 25 hours needs, and within the range that the API sums by hour.
      return { granularity: 'hour', from: before(DAYS * 24 + 12) };
    case 'month':
      return { granularity: 'month', from: `${recentPeriods(now, MONTHS).at(-1)}-01T00:00:00.000Z` };
  }
}

/**
 * All periods of a chart with their usage. The API leaves out periods without usage: these have none if the records of the operator
 * are complete until their end, and are not known otherwise.
 *
 * @param timeZone the viewer's when omitted
 */
export function barsOf(
  { points, completeUntil }: Usage,
  granularity: Granularity,
  now: Date,
  timeZone?: string,
): { bars: Bar[]; totalBytes: number } {
  const sums = new Map<string, number>();
  for (const { at, bytes } of points) {
    const period = periodAt(new Date(at), granularity, timeZone);
    sums.set(period, (sums.get(period) ?? 0) + bytes);
  }
  const incomplete = completeUntil === undefined ? '' : periodAt(new Date(completeUntil), granularity, timeZone);
  const bars = periodsUntil(now, granularity, timeZone).map((period) => ({
    period,
    bytes: sums.get(period) ?? (period < incomplete ? 0 : undefined),
  }));
  return { bars, totalBytes: bars.reduce((total, { bytes = 0 }) => total + bytes, 0) };
}

/** The periods of a chart, oldest first. */
function periodsUntil(now: Date, granularity: Granularity, timeZone?: string): string[] {
  const current = periodAt(now, granularity, timeZone);
  switch (granularity) {
    case 'hour':
      return Array.from({ length: HOURS }, (_, index) =>
        periodAt(new Date(now.getTime() - (HOURS - 1 - index) * HOUR_MS), granularity),
      );
    case 'day':
      return daysBetween(plusDays(current, 1 - DAYS), current);
    case 'month':
      return recentPeriods(now, MONTHS).reverse();
  }
}

/** The hour in UTC, the day in a time zone, or the month in UTC. They sort as text. */
function periodAt(at: Date, granularity: Granularity, timeZone?: string): string {
  switch (granularity) {
    case 'hour':
      return at.toISOString().slice(0, 13);
    case 'day':
      // Swedish days are written YYYY-MM-DD.
      return at.toLocaleDateString('sv-SE', timeZone === undefined ? {} : { timeZone });
    case 'month':
      return at.toISOString().slice(0, 7);
  }
}

/** A period as the axis shows it: hours in the viewer's zone. */
export function labelOf(period: string, granularity: Granularity, timeZone?: string): string {
  switch (granularity) {
    case 'hour':
      return new Date(`${period}:00:00Z`).toLocaleString(undefined, {
        ...{ day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' },
        ...(timeZone !== undefined && { timeZone }),
      });
    case 'day':
      return new Date(period).toLocaleDateString(undefined, { month: 'short', day: 'numeric', timeZone: 'UTC' });
    case 'month':
      return new Date(period).toLocaleDateString(undefined, { year: 'numeric', month: 'short', timeZone: 'UTC' });
  }
}
