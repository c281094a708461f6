import { describe, expect, test } from '@jest/globals';
import { usageRange } from '../../domain/usage-range.ts';

const now = new Date('2026-03-01T00:00:00Z');

describe('the range of a usage request', () => {
  test('ends now and starts with the month that contains the moment before its end', () => {
    expect(usageRange({ granularity: 'day' }, now)).toEqual({ from: new Date('2026-02-01'), to: now });
  });

  test.each([
    ['ends before it starts', { from: '2026-03-02', granularity: 'day' }, '/query/from'],
    ['is longer than 31 days by hour', { from: '2026-01-01', granularity: 'hour' }, '/query/from'],
    ['is longer than usage is stored', { from: '2020-01-01', granularity: 'day' }, '/query/from'],
    ['ends in a year of five digits', { to: '9999-12-31T23:59:59-10:00', granularity: 'day' }, '/query/to'],
  ] as const)('is refused when it %s', (_, requested, pointer) => {
    expect(usageRange(requested, now)).toMatchObject({ violation: { pointer, code: 'range' } });
  });
});
