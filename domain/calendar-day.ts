import { DAY_MS } from './time-units.ts';

/** A calendar date without time and time zone, `YYYY-MM-DD`. */
export type CalendarDay = string;

/** Days of the week as `weekdayOf` numbers them. */
export const weekdays = { sunday: 0, monday: 1, friday: 5, saturday: 6 } as const;

/** A calendar day. `month` counts from 1. A `day` beyond the end of the month rolls over into the next months. */
export function calendarDay(year: number, month: number, day: number): CalendarDay {
  return dayOf(Date.UTC(year, month - 1, day));
}

/** The day that is `days` later, or earlier if `days` is negative. */
export function plusDays(day: CalendarDay, days: number): CalendarDay {
  return dayOf(startOf(day) + days * DAY_MS);
}

/** The days from one to another, both included; none when the second is earlier. */
export function daysBetween(from: CalendarDay, to: CalendarDay): CalendarDay[] {
  const count = Math.max(0, (startOf(to) - startOf(from)) / DAY_MS + 1);
  return Array.from({ length: count }, (_, days) => plusDays(from, days));
}

/** The day of the week, from 0 for Sunday to 6 for Saturday. */
export function weekdayOf(day: CalendarDay): number {
  return new Date(startOf(day)).getUTCDay();
}

/** The first day on or after `day` that falls on this day of the week. */
export function weekdayFrom(day: CalendarDay, weekday: number): CalendarDay {
  return plusDays(day, (weekday - weekdayOf(day) + 7) % 7);
}

export function yearOf(day: CalendarDay): number {
  return new Date(startOf(day)).getUTCFullYear();
}

function dayOf(epochMs: number): CalendarDay {
  return new Date(epochMs).toISOString().slice(0, 10);
}

/** @throws RangeError for a text that is not a calendar day, such as `2026-02-30` or `tomorrow`. */
function startOf(day: CalendarDay): number {
  const start = Date.parse(`${day}T00:00:00Z`);
  if (Number.isNaN(start) || dayOf(start) !== day) {
    throw new RangeError(`a day must be YYYY-MM-DD, not ${JSON.stringify(day)}`);
  }
  return start;
}
