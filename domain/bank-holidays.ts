import { type CalendarDay, calendarDay, plusDays, weekdayFrom, weekdayOf, weekdays } from './calendar-day.ts';

/**
 * The calendars of working days: countries by ISO 3166-1 alpha-2, and `weekdays`, which has no bank holidays. `GB` has the
 * bank holidays of England.
 */
export const CALENDARS = ['GB', 'IE', 'FR', 'AT', 'weekdays'] as const;

export type CalendarId = (typeof CALENDARS)[number];

/** A rule of the law: the holidays that it gives in a year. */
type Rule = (year: number) => readonly CalendarDay[];

const on =
  (month: number, day: number): Rule =>
  (year) => [calendarDay(year, month, day)];

const afterEaster =
  (days: number): Rule =>
  (year) => [plusDays(easterSunday(year), days)];

const goodFriday = afterEaster(-2);
const easterMonday = afterEaster(1);
const ascensionDay = afterEaster(39);
const whitMonday = afterEaster(50);
const corpusChristi = afterEaster(60);

const firstMonday =
  (month: number): Rule =>
  (year) => [weekdayFrom(calendarDay(year, month, 1), weekdays.monday)];

const lastMonday =
  (month: number): Rule =>
  (year) => [plusDays(weekdayFrom(calendarDay(year, month + 1, 1), weekdays.monday), -7)];

/** 1 January, and the following Monday if it falls on a weekend. */
const newYearOrMonday: Rule = (year) => {
  const day = calendarDay(year, 1, 1);
  return isWeekend(day) ? [day, weekdayFrom(day, weekdays.monday)] : [day];
};

/** 25 or 26 December, and the day two days later if it falls on a weekend. The substitutes of both never coincide. */
const christmasOrTwoDaysLater =
  (date: number): Rule =>
  (year) => {
    const day = calendarDay(year, 12, date);
    return isWeekend(day) ? [day, plusDays(day, 2)] : [day];
  };

/** 1 February if it is a Friday, otherwise the first Monday of February. */
const saintBrigidsDay: Rule = (year) => {
  const first = calendarDay(year, 2, 1);
  return [weekdayOf(first) === weekdays.friday ? first : weekdayFrom(first, weekdays.monday)];
};

/**
 * Statutory public holidays, from 2023 on. Days on which only banks close, or businesses only in the afternoon (Good
 * Friday in Ireland, 24 and 31 December in Austria), are not included.
 */
const rules: Readonly<Record<CalendarId, readonly Rule[]>> = {
  // England: https://www.gov.uk/bank-holidays
  GB: [
    newYearOrMonday,
    goodFriday,
    easterMonday,
    firstMonday(5),
    lastMonday(5),
    lastMonday(8),
    christmasOrTwoDaysLater(25),
    christmasOrTwoDaysLater(26),
  ],
  // https://www.citizensinformation.ie/en/employment/employment-rights-and-conditions/leave-and-holidays/public-holidays/
  IE: [
    on(1, 1),
    saintBrigidsDay,
    on(3, 17),
    easterMonday,
    firstMonday(5),
    firstMonday(6),
    firstMonday(8),
    lastMonday(10),
    on(12, 25),
    on(12, 26),
  ],
  // Code du travail, article L3133-1
  FR: [
    on(1, 1),
    easterMonday,
    on(5, 1),
    on(5, 8),
    ascensionDay,
    whitMonday,
    on(7, 14),
    on(8, 15),
    on(11, 1),
    on(11, 11),
    on(12, 25),
  ],
  // Arbeitsruhegesetz, § 7
  AT: [
    on(1, 1),
    on(1, 6),
    easterMonday,
    on(5, 1),
    ascensionDay,
    whitMonday,
    corpusChristi,
    on(8, 15),
    on(10, 26),
    on(11, 1),
    on(12, 8),
    on(12, 25),
    on(12, 26),
  ],
  weekdays: [],
};

/** Holidays that were proclaimed for a single year. */
const proclaimed: Readonly<Record<CalendarId, readonly CalendarDay[]>> = {
  // The coronation of King Charles III
  GB: ['2023-05-08'],
  IE: [],
  FR: [],
  AT: [],
  weekdays: [],
};

const computed = new Map<string, ReadonlySet<CalendarDay>>();

/**
 * The bank holidays of a country in a year, from 2023 on, including those on weekends and their substitutes. Computed from
 * rules because the `date-holidays` library would add 1.4 MB to a bundle and 0.2 s to its start; the tests compare the
 * rules with that library, year by year.
 */
export function bankHolidays(calendar: CalendarId, year: number): ReadonlySet<CalendarDay> {
  const key = `${calendar} ${year}`;
  const known = computed.get(key);
  if (known) {
    return known;
  }
  const ofYear = proclaimed[calendar].filter((day) => day.startsWith(`${year}-`));
  const holidays = new Set([...rules[calendar].flatMap((rule) => rule(year)), ...ofYear]);
  computed.set(key, holidays);
  return holidays;
}

export function isWeekend(day: CalendarDay): boolean {
  const weekday = weekdayOf(day);
  return weekday === weekdays.saturday || weekday === weekdays.sunday;
}

/** Easter in the Gregorian calendar, by the "anonymous" algorithm: Meeus, Astronomical Algorithms, chapter 8. */
function easterSunday(year: number): CalendarDay {
  const a = year % 19;
  const b = Math.floor(year / 100);
  const c = year % 100;
  const d = Math.floor(b / 4);
  const e = b % 4;
  const f = Math.floor((b + 8) / 25);
  const g = Math.floor((b - f + 1) / 3);
  const h = (19 * a + b - d - g + 15) % 30;
  const i = Math.floor(c / 4);
  const k = c % 4;
  const l = (32 + 2 * e + 2 * i - h - k) % 7;
  const m = Math.floor((a + 11 * h + 22 * l) / 451);
  const n = h + l - 7 * m + 114;
  return calendarDay(year, Math.floor(n / 31), (n % 31) + 1);
}
