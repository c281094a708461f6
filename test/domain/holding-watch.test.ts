import { describe, expect, test } from '@jest/globals';
import { describeWaitingSims, newHoldingWatch } from '../../domain/holding-watch.ts';
import { HOLDING_DAYS } from '../../domain/partner.ts';
import { anOperator } from './builders.ts';

describe('the watch over newly delivered SIMs', () => {
  test('is due after the partner’s number of working days of the operator', () => {
    const friday = new Date('2026-03-06T10:00:00.000Z');
    const oneDay = newHoldingWatch(anOperator('3uk'), friday, 1);
    expect(oneDay.days).toBe(1);
    // The weekend does not count: Monday is the first working day.
    expect(Date.parse(oneDay.dueAt)).toBeGreaterThanOrEqual(Date.parse('2026-03-09T00:00:00.000Z'));
    expect(Date.parse(oneDay.dueAt)).toBeLessThanOrEqual(Date.parse('2026-03-10T00:00:00.000Z'));
  });

  test('follows the bank holidays of the operator’s country', () => {
    // 17 March 2026, a Tuesday, is a holiday in Ireland and not in Great Britain.
    const monday = new Date('2026-03-16T10:00:00.000Z');
    const [uk, ireland] = [
      newHoldingWatch(anOperator('3uk'), monday, 1),
      newHoldingWatch(anOperator('3ireland'), monday, 1),
    ];
    expect(Date.parse(ireland.dueAt) - Date.parse(uk.dueAt)).toBe(24 * 3600 * 1000);
  });

  test('lasts the default number of days for a partner that has set none', () => {
    expect(newHoldingWatch(anOperator('3uk'), new Date('2026-03-02T10:00:00.000Z')).days).toBe(HOLDING_DAYS);
  });
});

test.each([
  [{ found: 1, more: false }, '1 SIM waits'],
  [{ found: 0, more: false }, '0 SIMs wait'],
  [{ found: 12, more: false }, '12 SIMs wait'],
  [{ found: 1000, more: true }, '1000 or more SIMs wait'],
])('%j is described as "%s"', (waiting, text) => {
  expect(describeWaitingSims(waiting)).toBe(text);
});
