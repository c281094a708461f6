import { describe, expect, test } from '@jest/globals';
import {
  backgroundRetries,
  conflictRetries,
  interactiveRetries,
  maxTotalDelay,
  retryDelay,
} from '../../domain/retry-policies.ts';

const policies = { interactiveRetries, backgroundRetries, conflictRetries };

describe.each(Object.entries(policies))('%s', (_, policy) => {
  test('ends after its attempts', () => {
    expect(retryDelay(policy, policy.maxAttempts - 1, 0.5)).toBeDefined();
    expect(retryDelay(policy, policy.maxAttempts, 0.5)).toBeUndefined();
  });

  test('waits at random, up to a bound that doubles until its maximum', () => {
    const longest = Array.from({ length: policy.maxAttempts - 1 }, (_attempt, place) =>
      retryDelay(policy, place + 1, 1),
    );
    expect(longest.slice(0, 4)).toEqual([50, 100, 200, 400]);
    expect(longest.at(-1)).toBe(policy.maxDelayMs);
    expect(retryDelay(policy, 3, 0)).toBe(0);
    expect(retryDelay(policy, 3, 0.5)).toBe(100);
  });
});

test('a caller of the API waits for a few seconds, well within the 30 of the gateway', () => {
  expect(maxTotalDelay(interactiveRetries)).toBeLessThan(10_000);
  expect(maxTotalDelay(conflictRetries)).toBeLessThan(7_000);
});

test('a task retries for less than half a minute, within what its time-out leaves after the last page', () => {
  expect(maxTotalDelay(backgroundRetries)).toBeLessThan(30_000);
});

describe('sixteen shards that add to the counts of one operation', () => {
  const seeds = [1, 2, 3, 4, 5];

  test('would spend half of their attempts on conflicts, counting after each page of 200 ms', () => {
    const runs = seeds.map((seed) => simulate({ writers: 16, counts: 25, pauseMs: 200, transactionMs: 15, seed }));
    expect(meanOf(runs.map(({ conflictRate }) => conflictRate))).toBeGreaterThan(0.4);
    expect(meanOf(runs.map(({ efficiency }) => efficiency))).toBeLessThan(0.5);
  });

  test.each([10, 15, 25])(
    'have few conflicts when each counts every two seconds, with transactions of %d ms',
    (transactionMs) => {
      const runs = seeds.map((seed) => simulate({ writers: 16, counts: 25, pauseMs: 2000, transactionMs, seed }));
      expect(meanOf(runs.map(({ conflictRate }) => conflictRate))).toBeLessThan(0.25);
      expect(meanOf(runs.map(({ efficiency }) => efficiency))).toBeGreaterThan(0.85);
      expect(runs.every(({ exhausted }) => exhausted === 0)).toBe(true);
      expect(Math.max(...runs.map(({ mostAttempts }) => mostAttempts))).toBeLessThanOrEqual(
        backgroundRetries.maxAttempts / 2,
      );
    },
  );

  test('finish when all of them count at the same moment', () => {
    const runs = seeds.map((seed) => simulate({ writers: 16, counts: 1, pauseMs: 0, transactionMs: 25, seed }));
    expect(runs.every(({ exhausted }) => exhausted === 0)).toBe(true);
  });
});

type Contention = { writers: number; counts: number; pauseMs: number; transactionMs: number; seed: number };

/**
 * Writers over one item that work for a while between their transactions. DynamoDB cancels a transaction on an item while
 * another one on it is under way, and never queues it:
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html
 */
function simulate({ writers, counts, pauseMs, transactionMs, seed }: Contention) {
  const random = randomFrom(seed);
  const jittered = (ms: number) => ms * (0.5 + random());
  const waiting = Array.from({ length: writers }, () => ({ at: jittered(pauseMs), attempt: 1, count: 1 }));
  const tally = { attempts: 0, conflicts: 0, exhausted: 0, mostAttempts: 0 };
  let lockedUntil = 0;
  for (let next = takeEarliest(waiting); next !== undefined; next = takeEarliest(waiting)) {
    const { at, attempt, count } = next;
    tally.attempts += 1;
    tally.mostAttempts = Math.max(tally.mostAttempts, attempt);
    if (at < lockedUntil) {
      tally.conflicts += 1;
      const delay = retryDelay(backgroundRetries, attempt, random());
      if (delay === undefined) {
        tally.exhausted += 1;
      } else {
        waiting.push({ at: at + transactionMs / 2 + delay, attempt: attempt + 1, count });
      }
      continue;
    }
    lockedUntil = at + jittered(transactionMs);
    if (count < counts) {
      waiting.push({ at: lockedUntil + jittered(pauseMs), attempt: 1, count: count + 1 });
    }
  }
  const efficiency = (counts * (pauseMs + transactionMs)) / lockedUntil;
  return { ...tally, conflictRate: tally.conflicts / tally.attempts, efficiency };
}

function takeEarliest<Entry extends { at: number }>(entries: Entry[]): Entry | undefined {
  return entries.sort((one, other) => one.at - other.at).shift();
}

function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const meanOf = (numbers: readonly number[]) => numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
