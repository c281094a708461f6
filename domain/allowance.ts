import { timesBytes } from './bytes.ts';
import { type CalendarDay, calendarDay } from './calendar-day.ts';
import type { Tariff } from './tariff.ts';
import type { Period } from './usage.ts';

/**
 * The allowance of a service in a period, in bytes: of each of its SIMs, or of the pool. A dynamic pool has the
 * tariff's allowance once for each of its SIMs, a static one whatever their number.
 */
export function allowanceOf(
  { allowanceBytes, pooling }: Pick<Tariff, 'allowanceBytes' | 'pooling'>,
  sims: number,
): number {
  return pooling === 'dynamic_pool' ? timesBytes(allowanceBytes, sims) : allowanceBytes;
}

/** What the SIMs of a service may use together, in bytes; where each has an allowance of its own, the sum of them. */
export function poolOf({ allowanceBytes, pooling }: Pick<Tariff, 'allowanceBytes' | 'pooling'>, sims: number): number {
  return pooling === 'static_pool' ? allowanceBytes : timesBytes(allowanceBytes, sims);
}

/** The period after this one begins then, in milliseconds since 1970. */
export function endOf(period: Period): number {
  const [year = 0, month = 0] = period.split('-').map(Number);
  return Date.parse(`${calendarDay(year, month + 1, 1)}T00:00:00Z`);
}

/**
 * The day (UTC) on which a pool's allowance ends, when it goes on as it went since the period began.
 *
 * @returns that day; `undefined` when the allowance lasts for the period, and for a period that is not the current one.
 */
export function forecastOf(
  usedBytes: number,
  allowanceBytes: number,
  period: Period,
  now: Date,
): CalendarDay | undefined {
  const begun = Date.parse(`${period}-01T00:00:00Z`);
  const end = endOf(period);
  const passed = now.getTime() - begun;
  if (usedBytes === 0 || passed <= 0 || now.getTime() >= end) {
    return undefined;
  }
  // What is used up already ended today at the latest: when exactly, sums do not tell.
  const ends = Math.max(begun + (passed * allowanceBytes) / usedBytes, now.getTime());
  return ends < end ? new Date(ends).toISOString().slice(0, 10) : undefined;
}
