import { describe, expect, test } from '@jest/globals';
import { type AttemptResult, type Timing, withRetries } from '../../../adapters/operators/retry.ts';
import type { CallPolicy } from '../../../domain/retry-policies.ts';

const policy: CallPolicy = { maxAttempts: 3, budgetMs: 300, timeoutMs: 100, firstDelayMs: 1, maxDelayMs: 2 };
const transient: AttemptResult<never> = { outcome: 'transient', detail: 'busy' };

describe('retrying', () => {
  test('ends with the first success', async () => {
    const results: AttemptResult<string>[] = [
      transient,
      { outcome: 'done', value: 'yes' },
      { outcome: 'done', value: 'late' },
    ];
    expect(await withRetries(policy, async () => results.shift() ?? transient)).toEqual({
      outcome: 'done',
      value: 'yes',
    });
  });

  test('ends after a permanent failure', async () => {
    const cause = new Error('no');
    expect(await withRetries(policy, async () => ({ outcome: 'permanent', detail: 'never', cause }))).toEqual({
      outcome: 'failed',
      detail: 'never',
      attempts: 1,
      permanent: true,
      cause,
    });
  });

  test('ends after the maximum number of attempts', async () => {
    expect(await withRetries(policy, async () => transient)).toMatchObject({ outcome: 'failed', attempts: 3 });
  });

  test('limits the time of each attempt and of all attempts', async () => {
    const time = timeThatPasses();
    const durations: number[] = [];
    await withRetries(
      { ...policy, maxAttempts: 10, budgetMs: 250, maxDelayMs: 0 },
      async (start) => {
        durations.push(time.passUntil(start()));
        return transient;
      },
      time,
    );
    expect(durations).toEqual([100, 100, 50]);
    expect(time.now()).toBe(250);
  });

  test('waits as long as requested', async () => {
    const time = timeThatPasses();
    const results: AttemptResult<string>[] = [
      { ...transient, retryAfterMs: 299 },
      { outcome: 'done', value: 'yes' },
    ];
    expect(await withRetries(policy, async () => results.shift() ?? transient, time)).toMatchObject({
      outcome: 'done',
    });
    expect(time.now()).toBe(299);
  });

  test('ends immediately when the requested wait exceeds the time left', async () => {
    const time = timeThatPasses();
    expect(await withRetries(policy, async () => ({ ...transient, retryAfterMs: 300 }), time)).toMatchObject({
      attempts: 1,
    });
    expect(time.now()).toBe(0);
  });
});

/** Time that passes only during pauses and attempts. Each attempt takes all the time that it has. */
function timeThatPasses(): Timing & { passUntil(signal: AbortSignal): number } {
  let now = 0;
  const timeOf = new Map<AbortSignal, number>();
  return {
    now: () => now,
    sleep: async (ms) => {
      now += ms;
    },
    signalAfter: (ms) => {
      const { signal } = new AbortController();
      timeOf.set(signal, ms);
      return signal;
    },
    passUntil: (signal) => {
      const ms = timeOf.get(signal) ?? Number.NaN;
      now += ms;
      return ms;
    },
  };
}
