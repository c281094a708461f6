import { bankHolidays, type CalendarId, isWeekend } from './bank-holidays.ts';
import { type CalendarDay, plusDays, yearOf } from './calendar-day.ts';
import type { Operator } from './operator.ts';

/** The earliest and latest day of a delivery, inclusive. */
export type EstimatedDelivery = { earliest: CalendarDay; latest: CalendarDay };

/** The calendar of an operator, and its further days off. */
type OperatorCalendar = Pick<Operator, 'calendar' | 'closedDays'>;

/** The time zone in which an operator's days begin and end. `weekdays` belongs to no country. */
const timeZones: Readonly<Record<CalendarId, string>> = {
  GB: 'Europe/London',
  IE: 'Europe/Dublin',
  FR: 'Europe/Paris',
  AT: 'Europe/Vienna',
  weekdays: 'UTC',
};

/**
 * Whether a day is a working day of an operator: neither a weekend, nor a bank holiday, nor one of its closed days.
 *
 * @throws RangeError when `day` is not a day, `YYYY-MM-DD`.
 */
export function isWorkingDay({ calendar, closedDays = [] }: OperatorCalendar, day: CalendarDay): boolean {
  return !isWeekend(day) && !bankHolidays(calendar, yearOf(day)).has(day) && !closedDays.includes(day);
}

/** The calendar day at a moment, in the time zone of a calendar. */
export function localDay(calendar: CalendarId, at: Date): CalendarDay {
  const parts = new Map(
    dayFormat(calendar)
      .formatToParts(at)
      .map(({ type, value }) => [type, value]),
  );
  return `${parts.get('year')}-${parts.get('month')}-${parts.get('day')}`;
}

/**
 * The day that is `days` working days of the operator after a moment. 1 is the first working day after the operator's local
 * day; 0 is the local day itself, even if it is not a working day.
 *
 * @throws RangeError when `days` is negative or not a whole number.
 */
export function workingDaysAfter(operator: OperatorCalendar, from: Date, days: number): CalendarDay {
  if (!Number.isInteger(days) || days < 0) {
    throw new RangeError(`working days must be a whole number of at least 0, not ${days}`);
  }
  let day = localDay(operator.calendar, from);
  for (let counted = 0; counted < days; ) {
    day = plusDays(day, 1);
    counted += isWorkingDay(operator, day) ? 1 : 0;
  }
  return day;
}

/** The moment, in UTC, from which more than `days` working days of an operator have passed. */
export function afterWorkingDays(operator: OperatorCalendar, from: Date, days: number): string {
  return `${plusDays(workingDaysAfter(operator, from, days), 1)}T00:00:00.000Z`;
}

/** When an order is expected to arrive: the operator's lead time, counted from the next working day. */
export function estimatedDelivery(
  operator: OperatorCalendar & Pick<Operator, 'leadTimeWorkingDays'>,
  orderedAt: Date,
): EstimatedDelivery {
  const { min, max } = operator.leadTimeWorkingDays;
  return {
    earliest: workingDaysAfter(operator, orderedAt, min),
    latest: workingDaysAfter(operator, orderedAt, max),
  };
}

const dayFormats = new Map<CalendarId, Intl.DateTimeFormat>();

/** Cached, because constructing a format takes longer than everything else here. */
function dayFormat(calendar: CalendarId): Intl.DateTimeFormat {
  const known = dayFormats.get(calendar);
  if (known) {
    return known;
  }
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: timeZones[calendar],
    calendar: 'gregory',
    numberingSystem: 'latn',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  });
  dayFormats.set(calendar, format);
  return format;
}
