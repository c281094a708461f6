import { DAY_MS } from './durations.ts';

/** A day of the calendar, `YYYY-MM-DD`: a date that has no time and no time zone. */
export type CalendarDay = string;

/** Days of the week as `weekdayOf` counts them. */
export const weekdays = { sunday: 0, monday: 1, friday: 5, saturday: 6 } as const;

/** The day of a month that counts from 1; a day beyond the month's last is one of the months after it. */
export function calendarDay(year: number, month: number, day: number): CalendarDay {
  return dayOf(Date.UTC(year, month - 1, day));
}

/** The day that comes `days` later, or earlier where `days` is negative. */
export function plusDays(day: CalendarDay, days: number): CalendarDay {
  return dayOf(startOf(day) + days * DAY_MS);
}

/** 0 for Sunday to 6 for Saturday. */
export function weekdayOf(day: CalendarDay): number {
  return new Date(startOf(day)).getUTCDay();
}

/** The first such day of the week on a day or after it. */
export function weekdayFrom(day: CalendarDay, weekday: number): CalendarDay {
  return plusDays(day, (weekday - weekdayOf(day) + 7) % 7);
}

export function yearOf(day: CalendarDay): number {
  return new Date(startOf(day)).getUTCFullYear();
}

function dayOf(epochMs: number): CalendarDay {
  return new Date(epochMs).toISOString().slice(0, 10);
}

/** @throws RangeError when the text is no day: `2026-02-30`, `tomorrow`. */
function startOf(day: CalendarDay): number {
  const start = Date.parse(`${day}T00:00:00Z`);
  if (Number.isNaN(start) || dayOf(start) !== day) {
    throw new RangeError(`a day is YYYY-MM-DD: ${JSON.stringify(day)}`);
  }
  return start;
}
