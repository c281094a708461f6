import { describe, expect, test } from '@jest/globals';
import { expectedDateViolations, requestedDateViolations } from '../../domain/delivery-dates.ts';
import { anOperator } from './builders.ts';

/** A Monday. 3UK delivers from Thursday, 5 March on. */
const monday = new Date('2026-03-02T10:30:00.000Z');

describe('the requested delivery date', () => {
  const codesOf = (day: string | undefined) =>
    requestedDateViolations(anOperator('3uk'), day, monday).map(({ code }) => code);

  test.each([undefined, '2026-03-05', '2027-03-05'])('can be %s', (day) => {
    expect(codesOf(day)).toEqual([]);
  });

  test.each([
    ['2026-03-04', 'minimum'],
    ['2027-03-06', 'maximum'],
    ['9999-12-31', 'maximum'],
  ])('cannot be %s', (day, code) => {
    expect(codesOf(day)).toEqual([code]);
  });

  test('is refused with the day that would be right', () => {
    expect(requestedDateViolations(anOperator('3uk'), '2030-01-01', monday)).toEqual([
      {
        pointer: '/requestedDeliveryDate',
        code: 'maximum',
        message:
          'requestedDeliveryDate must be 2027-03-05 or earlier: at most 365 days after 2026-03-05, the earliest day on which 3UK can deliver.',
      },
    ]);
  });

  test('can be met by an operator with a lead time of a year', () => {
    const slow = anOperator('3uk', { leadTimeWorkingDays: { min: 250, max: 250 } });
    const [violation] = requestedDateViolations(slow, '2026-03-05', monday);
    const earliest = violation?.message.match(/\d{4}-\d\d-\d\d/)?.[0];
    expect(requestedDateViolations(slow, earliest, monday)).toEqual([]);
  });
});

describe('the expected day of delivery', () => {
  const messagesOf = (day: string | undefined, now = monday) =>
    expectedDateViolations(anOperator('3uk'), day, now).map(({ message }) => message);

  test.each([undefined, '2026-03-02', '2027-03-02'])('can be %s', (day) => {
    expect(messagesOf(day)).toEqual([]);
  });

  test('cannot be in the past', () => {
    expect(messagesOf('2026-03-01')).toEqual(['expectedDelivery must be today, 2026-03-02, or later.']);
  });

  test('cannot be more than 365 days ahead', () => {
    expect(messagesOf('2027-03-03')).toEqual([
      'expectedDelivery must be 2027-03-02 or earlier: at most 365 days from today.',
    ]);
  });

  test('is counted in the time zone of the operator', () => {
    const lateEvening = new Date('2026-07-01T23:30:00.000Z');
    expect(messagesOf('2026-07-01', lateEvening)).toEqual(['expectedDelivery must be today, 2026-07-02, or later.']);
  });
});
