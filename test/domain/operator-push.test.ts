import { describe, expect, test } from '@jest/globals';
import { doesPushWake, isPushTimely, simsNamedIn } from '../../domain/operator-push.ts';

const now = new Date('2026-03-02T10:00:00Z');

describe('a push message of an operator', () => {
  test.each([
    ['2026-03-02T10:00:00Z', true],
    ['2026-03-02T09:00:00+00:00', true],
    ['2026-03-02T08:59:59Z', false],
    ['2026-03-02T11:00:01Z', false],
    [String(now.getTime() - 1_000), true],
    [String(now.getTime() - 3_600_001), false],
    ['', false],
    ['yesterday', false],
  ])('of the time %j is timely: %s', (timestamp, expected) => {
    expect(isPushTimely(timestamp, now)).toBe(expected);
  });

  test.each([
    ['<SimStateChange><iccid>8944200000000000017</iccid></SimStateChange>', ['8944200000000000017']],
    ['{"iccid":"894420000000000001719","imsi":"234200000000001","msisdn":"447700900123"}', []],
    ['{"iccid":"8944200000000000017F"}', ['8944200000000000017']],
    ['8944200000000000017 8944200000000000017 8944200000000000025', ['8944200000000000017', '8944200000000000025']],
    ['nothing', []],
  ])('%s names %j', (data, expected) => {
    expect(simsNamedIn(data)).toEqual(expected);
  });

  test('names at most ten SIMs', () => {
    const data = Array.from({ length: 50 }, (_, index) => `89442000000000000${String(index).padStart(2, '0')}`).join();
    expect(simsNamedIn(data)).toHaveLength(10);
  });

  test('hastens an execution only if that started more than five minutes ago', () => {
    expect(doesPushWake('2026-03-02T09:54:59Z', now)).toBe(true);
    expect(doesPushWake('2026-03-02T09:55:00Z', now)).toBe(false);
  });
});
