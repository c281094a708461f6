import { describe, expect, test } from '@jest/globals';
import { MAX_TOTALS_DAYS } from '../../domain/operator-port.ts';
import { daysToAsk, mayHaveUsed } from '../../domain/usage-window.ts';

const at = (day: string, time = '12:00') => `${day}T${time}:00.000Z`;
const now = new Date(at('2026-03-10'));

describe('the days that a walk asks for', () => {
  test.each<[string, string, string | undefined, string]>([
    ['the first walk of all', at('2026-03-10'), undefined, '2026-03-07'],
    ['the first walk of a day, with late usage', at('2026-03-10', '06:00'), at('2026-03-09', '18:00'), '2026-03-07'],
    ['a later walk of a day', at('2026-03-10', '11:00'), at('2026-03-10', '01:00'), '2026-03-10'],
    ['the first walk after an outage', at('2026-03-10'), at('2026-02-26'), '2026-02-26'],
    ['a walk that started on the day before', at('2026-03-09', '23:00'), at('2026-03-09', '11:00'), '2026-03-09'],
  ])('%s', (_, startedAt, visitedSince, from) => {
    const walk = visitedSince === undefined ? { startedAt } : { startedAt, visitedSince };
    expect(daysToAsk(walk, now)).toEqual({ from, to: '2026-03-10' });
  });

  test('go back no further than operators answer', () => {
    const { from } = daysToAsk({ startedAt: at('2026-03-10'), visitedSince: at('2025-12-01') }, now);
    expect((now.getTime() - Date.parse(`${from}T12:00:00Z`)) / 86_400_000 + 1).toBe(MAX_TOTALS_DAYS);
  });
});

test('a SIM is asked for until it has been terminated for as long as its usage may be late', () => {
  const stateChangedAt = at('2026-03-07');
  expect(mayHaveUsed({ state: 'suspended', stateChangedAt }, '2026-03-08')).toBe(true);
  expect(mayHaveUsed({ state: 'terminated', stateChangedAt }, '2026-03-07')).toBe(true);
  expect(mayHaveUsed({ state: 'terminated', stateChangedAt }, '2026-03-08')).toBe(false);
});
