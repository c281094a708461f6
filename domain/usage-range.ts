import { DAY_MS } from './time-units.ts';
import { USAGE_RETENTION_DAYS } from './usage.ts';
import { beginOf, type Granularity } from './usage-points.ts';
import type { Violation } from './verdict.ts';

/** The maximum number of days of a range by hour. By day and month, a range may span as long as usage is stored. */
export const MAX_DAYS_BY_HOUR = 31;

/** Years with four digits, also in UTC: other years have another format and do not sort as text. */
const EARLIEST = new Date('1970-01-02');
const LATEST = new Date('9998-12-31');

type RequestedRange = { from?: string | undefined; to?: string | undefined; granularity: Granularity };

/**
 * The range of usage that a request asks for. By default it ends now and starts with the month that contains its last
 * millisecond: a range that ends at midnight of the first day of a month covers the previous month.
 *
 * @returns the range, or the violated rule.
 */
export function usageRange(
  { from, to, granularity }: RequestedRange,
  now: Date,
): { from: Date; to: Date } | { violation: Violation } {
  const end = to === undefined ? now : new Date(to);
  const start =
    from === undefined && isInRange(end)
      ? new Date(beginOf(new Date(end.getTime() - 1).toISOString(), 'month'))
      : new Date(from ?? end);
  if (!isInRange(end)) {
    return violation('/query/to', 'The year must be between 1970 and 9998.');
  }
  if (from !== undefined && !isInRange(start)) {
    return violation('/query/from', 'The year must be between 1970 and 9998.');
  }
  if (start >= end) {
    return violation('/query/from', `from (${start.toISOString()}) must be before to (${end.toISOString()}).`);
  }
  const maxDays = granularity === 'hour' ? MAX_DAYS_BY_HOUR : USAGE_RETENTION_DAYS;
  if (end.getTime() - start.getTime() > maxDays * DAY_MS) {
    return violation('/query/from', `The range must not exceed ${maxDays} days when granularity is ${granularity}.`);
  }
  return { from: start, to: end };
}

const isInRange = (moment: Date) => moment >= EARLIEST && moment <= LATEST;

const violation = (pointer: string, message: string) => ({ violation: { pointer, code: 'range', message } });
