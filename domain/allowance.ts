import { multiplyBytes } from './bytes.ts';
import { type CalendarDay, calendarDay } from './calendar-day.ts';
import type { Tariff } from './tariff.ts';
import type { Period } from './usage.ts';

/**
 * The allowance of a service in a period, in bytes: of each SIM, or of the pool. A dynamic pool has the tariff's allowance
 * times its number of SIMs; a static pool has the tariff's allowance.
 */
export function allowanceOf(
  { allowanceBytes, pooling }: Pick<Tariff, 'allowanceBytes' | 'pooling'>,
  sims: number,
): number {
  return pooling === 'dynamic_pool' ? multiplyBytes(allowanceBytes, sims) : allowanceBytes;
}

/** The bytes that all SIMs of a service may use together: the pool, or the sum of the SIMs' own allowances. */
export function poolOf({ allowanceBytes, pooling }: Pick<Tariff, 'allowanceBytes' | 'pooling'>, sims: number): number {
  return pooling === 'static_pool' ? allowanceBytes : multiplyBytes(allowanceBytes, sims);
}

/** When a period ends and the next begins, in milliseconds since 1970. */
export function periodEnd(period: Period): number {
  const [year = 0, month = 0] = period.split('-').map(Number);
  return Date.parse(`${calendarDay(year, month + 1, 1)}T00:00:00Z`);
}

/**
 * The day (UTC) on which a pool is exhausted if usage continues at the rate since the period began.
 *
 * @returns `undefined` when the allowance lasts until the end of the period, and for periods other than the current one.
 */
export function forecastOf(
  usedBytes: number,
  allowanceBytes: number,
  period: Period,
  now: Date,
): CalendarDay | undefined {
  const start = Date.parse(`${period}-01T00:00:00Z`);
  const end = periodEnd(period);
  const elapsed = now.getTime() - start;
  if (usedBytes === 0 || elapsed <= 0 || now.getTime() >= end) {
    return undefined;
  }
  // The sums do not show when an exhausted allowance was exhausted: report today.
  const exhaustedAt = Math.max(start + (elapsed * allowanceBytes) / usedBytes, now.getTime());
  return exhaustedAt < end ? new Date(exhaustedAt).toISOString().slice(0, 10) : undefined;
}
