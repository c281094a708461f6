import { expect, test } from '@jest/globals';
import { seededRandom } from '../../adapters/seeded-random.ts';

test('the same seed yields the same numbers, and another seed yields others', () => {
  const numbers = (seed: string) => {
    const next = seededRandom(seed);
    return Array.from({ length: 16 }, next);
  };
  expect(numbers('one')).toEqual(numbers('one'));
  expect(numbers('one')).not.toEqual(numbers('other'));
  expect(numbers('one').every((number) => number >= 0 && number < 1)).toBe(true);
});
