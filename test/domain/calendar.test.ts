import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { CalendarId } from '../../domain/bank-holidays.ts';
import { estimatedDelivery, isWorkingDay, localDay, workingDaysAfter } from '../../domain/calendar.ts';
import { plusDays } from '../../domain/calendar-day.ts';
import { anOperator, operatorIds } from './builders.ts';

const operatorId = fc.constantFrom(...operatorIds);
const moment = fc.date({
  min: new Date('2024-01-01T00:00:00Z'),
  max: new Date('2060-01-01T00:00:00Z'),
  noInvalidDate: true,
});
const workingDays = fc.integer({ min: 0, max: 40 });

describe('a working day', () => {
  test.each<[CalendarId, string, string]>([
    ['GB', '2026-04-03', 'Good Friday'],
    ['GB', '2026-04-06', 'Easter Monday'],
    ['GB', '2026-12-25', 'Christmas'],
    ['GB', '2026-12-28', 'the day that stands in for 26 December, a Saturday'],
    ['GB', '2027-12-27', 'the day that stands in for Christmas, a Saturday'],
    ['GB', '2027-12-28', 'the day that stands in for 26 December, a Sunday'],
    ['GB', '2028-01-03', 'the day that stands in for New Year, a Saturday'],
    ['GB', '2026-08-31', 'the summer bank holiday of England'],
    ['IE', '2026-03-17', "St Patrick's Day"],
    ['IE', '2025-12-26', "St Stephen's Day"],
    ['IE', '2026-02-02', "St Brigid's Day, the first Monday of February"],
    ['IE', '2030-02-01', "St Brigid's Day on a Friday"],
    ['FR', '2026-07-14', 'the national day'],
    ['FR', '2026-05-14', 'Ascension Day'],
    ['AT', '2026-10-26', 'the national day'],
    ['AT', '2026-06-04', 'Corpus Christi'],
    ['GB', '2026-06-06', 'a Saturday'],
    ['GB', '2026-06-07', 'a Sunday'],
  ])('of %s is not %s, %s', (calendar, day) => {
    expect(isWorkingDay({ calendar }, day)).toBe(false);
  });

  test.each<[CalendarId, string, string]>([
    ['GB', '2026-12-24', 'Christmas Eve'],
    ['GB', '2026-12-29', 'the day after those that stand in'],
    ['GB', '2026-03-17', "St Patrick's Day, of Northern Ireland alone"],
    ['GB', '2026-08-03', 'the summer bank holiday of Scotland'],
    ['IE', '2026-04-03', 'Good Friday, on which banks close'],
    ['FR', '2026-04-03', 'Good Friday, of Alsace alone'],
    ['FR', '2028-12-26', '26 December, of Alsace alone'],
    ['AT', '2026-12-24', 'Christmas Eve, on which the afternoon is free'],
    ['AT', '2026-04-03', 'Good Friday'],
  ])('of %s is %s, %s', (calendar, day) => {
    expect(isWorkingDay({ calendar }, day)).toBe(true);
  });
});

describe('the day in a country', () => {
  test.each([
    ['GB', '2026-01-14T23:59:59Z', '2026-01-14'],
    ['GB', '2026-07-15T22:59:59Z', '2026-07-15'],
    ['GB', '2026-07-15T23:00:00Z', '2026-07-16'],
    ['IE', '2026-07-15T23:00:00Z', '2026-07-16'],
    ['FR', '2026-01-14T22:59:59Z', '2026-01-14'],
    ['FR', '2026-01-14T23:00:00Z', '2026-01-15'],
    ['AT', '2026-07-15T21:59:59Z', '2026-07-15'],
    ['AT', '2026-07-15T22:00:00Z', '2026-07-16'],
    // The clocks go forward on 29 March 2026, at 01:00 UTC, and back on 25 October.
    ['GB', '2026-03-28T23:30:00Z', '2026-03-28'],
    ['GB', '2026-03-29T23:30:00Z', '2026-03-30'],
    ['AT', '2026-10-24T22:30:00Z', '2026-10-25'],
    ['AT', '2026-10-25T22:30:00Z', '2026-10-25'],
  ] as const)('of %s at %s is %s', (calendar, at, day) => {
    expect(localDay(calendar, new Date(at))).toBe(day);
  });
});

describe('an estimated delivery', () => {
  test.each<[string, string, string, string, string]>([
    ['3uk', '2026-06-08T09:00:00Z', '2026-06-11', '2026-06-15', 'of a Monday'],
    ['3uk', '2026-06-12T09:00:00Z', '2026-06-17', '2026-06-19', 'of a Friday'],
    ['3uk', '2026-06-13T09:00:00Z', '2026-06-17', '2026-06-19', 'of a Saturday, as of the Friday before'],
    ['3uk', '2026-06-14T22:00:00Z', '2026-06-17', '2026-06-19', 'of a Sunday, as of the Friday before'],
    ['3uk', '2026-06-14T23:30:00Z', '2026-06-18', '2026-06-22', 'of what is Monday already in London'],
    ['3uk', '2026-12-23T12:00:00Z', '2026-12-30', '2027-01-04', 'over Christmas and New Year in England'],
    ['3ireland', '2026-12-23T12:00:00Z', '2026-12-29', '2026-12-31', 'over Christmas in Ireland'],
    ['3uk', '2026-04-02T12:00:00Z', '2026-04-09', '2026-04-13', 'over Easter in England'],
    ['3ireland', '2026-03-16T12:00:00Z', '2026-03-20', '2026-03-24', "over St Patrick's Day"],
    ['orange', '2026-07-13T12:00:00Z', '2026-07-17', '2026-07-21', 'over 14 July in France'],
    ['a1', '2026-10-23T12:00:00Z', '2026-10-29', '2026-11-02', 'over 26 October in Austria'],
    ['a1', '2026-10-22T22:30:00Z', '2026-10-29', '2026-11-02', 'of what is the 23rd already in Vienna'],
    ['a1', '2026-10-22T21:30:00Z', '2026-10-28', '2026-10-30', 'of what is still the 22nd in Vienna'],
  ])('from %s, ordered %s, is %s to %s: %s', (id, orderedAt, earliest, latest) => {
    expect(estimatedDelivery(anOperator(id), new Date(orderedAt))).toEqual({ earliest, latest });
  });
});

describe('working days after a moment', () => {
  test('are none on the day itself, worked or not', () => {
    expect(workingDaysAfter(anOperator('3uk'), new Date('2026-12-25T12:00:00Z'), 0)).toBe('2026-12-25');
  });

  test.each([-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])('cannot be %d', (days) => {
    expect(() => workingDaysAfter(anOperator('3uk'), new Date('2026-06-08T09:00:00Z'), days)).toThrow(RangeError);
  });

  test('end on a working day, and are exactly as many as were asked for', () => {
    fc.assert(
      fc.property(operatorId, moment, fc.integer({ min: 1, max: 40 }), (id, from, days) => {
        const { calendar } = anOperator(id);
        const last = workingDaysAfter(anOperator(id), from, days);
        expect(isWorkingDay({ calendar }, last)).toBe(true);
        let counted = 0;
        for (let day = localDay(calendar, from); day < last; ) {
          day = plusDays(day, 1);
          counted += isWorkingDay({ calendar }, day) ? 1 : 0;
        }
        expect(counted).toBe(days);
      }),
    );
  });

  test('end later, the more there are', () => {
    fc.assert(
      fc.property(operatorId, moment, workingDays, (id, from, days) => {
        expect(workingDaysAfter(anOperator(id), from, days) < workingDaysAfter(anOperator(id), from, days + 1)).toBe(
          true,
        );
      }),
    );
  });

  test('end no earlier, the later they begin', () => {
    fc.assert(
      fc.property(operatorId, moment, moment, workingDays, (id, one, other, days) => {
        const [earlier, later] = one < other ? [one, other] : [other, one];
        expect(workingDaysAfter(anOperator(id), earlier, days) <= workingDaysAfter(anOperator(id), later, days)).toBe(
          true,
        );
      }),
    );
  });
});
