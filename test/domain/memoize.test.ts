import { expect, jest, test } from '@jest/globals';
import { memoize } from '../../domain/memoize.ts';

test('a memoized function without a key computes its result once, also when that is undefined', () => {
  const compute = jest.fn(() => undefined);
  const memoized = memoize(compute);
  expect(memoized()).toBeUndefined();
  expect(memoized()).toBeUndefined();
  expect(compute).toHaveBeenCalledTimes(1);
});

test('a memoized function computes one result per key', () => {
  const compute = jest.fn((key: string) => ({ key }));
  const memoized = memoize(compute);
  expect(memoized('one')).toBe(memoized('one'));
  expect(memoized('other')).toEqual({ key: 'other' });
  expect(compute).toHaveBeenCalledTimes(2);
});
