import { describe, expect, test } from '@jest/globals';
import Holidays from 'date-holidays';
import { bankHolidays, type CalendarId } from '../../domain/bank-holidays.ts';

const FIRST_YEAR = 2023;
const LAST_YEAR = 2150;

/** Public holidays alone, as the library has them: `types` must say so, or a day's rule for banks hides that for all. */
const library: Record<Exclude<CalendarId, 'weekdays'>, Holidays> = {
  GB: new Holidays('GB', 'ENG', { types: ['public'] }),
  IE: new Holidays('IE', { types: ['public'] }),
  FR: new Holidays('FR', { types: ['public'] }),
  AT: new Holidays('AT', { types: ['public'] }),
};

describe('bank holidays', () => {
  test.each(['GB', 'IE', 'FR', 'AT'] as const)('of %s are those that the date-holidays library knows', (calendar) => {
    for (let year = FIRST_YEAR; year <= LAST_YEAR; year += 1) {
      const known = library[calendar].getHolidays(year).map(({ date }) => date.slice(0, 10));
      expect([...bankHolidays(calendar, year)].sort()).toEqual([...new Set(known)].sort());
    }
  });

  test('of `weekdays` are none', () => {
    expect(bankHolidays('weekdays', 2026).size).toBe(0);
  });

  test('of England in 2026 are these, with the Monday that stands in for 26 December', () => {
    const expected = ['01-01', '04-03', '04-06', '05-04', '05-25', '08-31', '12-25', '12-26', '12-28'];
    expect([...bankHolidays('GB', 2026)]).toEqual(expected.map((day) => `2026-${day}`));
  });

  test('of England have one proclaimed for the coronation', () => {
    expect(bankHolidays('GB', 2023)).toContain('2023-05-08');
    expect(bankHolidays('GB', 2024)).not.toContain('2024-05-08');
  });
});
