import { describe, expect, test } from '@jest/globals';
import {
  calendarDay,
  daysBetween,
  plusDays,
  weekdayFrom,
  weekdayOf,
  weekdays,
  yearOf,
} from '../../domain/calendar-day.ts';

describe('a day of the calendar', () => {
  test('comes after the last of a month, a leap year and a year', () => {
    expect(plusDays('2026-02-28', 1)).toBe('2026-03-01');
    expect(plusDays('2028-02-28', 1)).toBe('2028-02-29');
    expect(plusDays('2026-12-31', 1)).toBe('2027-01-01');
    expect(plusDays('2027-01-01', -1)).toBe('2026-12-31');
  });

  test('is counted over a change of the clocks', () => {
    expect(plusDays('2026-03-28', 2)).toBe('2026-03-30');
    expect(plusDays('2026-10-24', 2)).toBe('2026-10-26');
  });

  test('is one of those between two others, both included', () => {
    expect(daysBetween('2028-02-28', '2028-03-01')).toEqual(['2028-02-28', '2028-02-29', '2028-03-01']);
    expect(daysBetween('2026-03-01', '2026-03-01')).toEqual(['2026-03-01']);
    expect(daysBetween('2026-03-02', '2026-03-01')).toEqual([]);
  });

  test('runs on into the next month', () => {
    expect(calendarDay(2026, 13, 1)).toBe('2027-01-01');
  });

  test('has its day of the week and its year', () => {
    expect(weekdayOf('2026-12-25')).toBe(weekdays.friday);
    expect(weekdayFrom('2026-12-25', weekdays.friday)).toBe('2026-12-25');
    expect(weekdayFrom('2026-12-25', weekdays.monday)).toBe('2026-12-28');
    expect(yearOf('2026-12-25')).toBe(2026);
  });

  test.each(['', 'tomorrow', '2026-02-30', '2026-2-3', '2026-02-03T00:00:00Z'])('is not %j', (text) => {
    expect(() => weekdayOf(text)).toThrow(RangeError);
  });
});
