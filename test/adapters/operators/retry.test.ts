import { describe, expect, test } from '@jest/globals';
import { type AttemptResult, type CallPolicy, type Timing, withRetries } from '../../../adapters/operators/retry.ts';

const policy: CallPolicy = { tries: 3, budgetMs: 300, timeoutMs: 100, firstBackOffMs: 1, maxBackOffMs: 2 };
const transient: AttemptResult<never> = { outcome: 'transient', detail: 'busy' };

describe('retrying', () => {
  test('ends with the first success', async () => {
    const tries: AttemptResult<string>[] = [
      transient,
      { outcome: 'done', value: 'yes' },
      { outcome: 'done', value: 'late' },
    ];
    expect(await withRetries(policy, async () => tries.shift() ?? transient)).toEqual({
      outcome: 'done',
      value: 'yes',
    });
  });

  test('ends after a permanent failure', async () => {
    const cause = new Error('no');
    expect(await withRetries(policy, async () => ({ outcome: 'permanent', detail: 'never', cause }))).toEqual({
      outcome: 'failed',
      detail: 'never',
      tries: 1,
      permanent: true,
      cause,
    });
  });

  test('ends after the maximum number of attempts', async () => {
    expect(await withRetries(policy, async () => transient)).toMatchObject({ outcome: 'failed', tries: 3 });
  });

  test('limits the time of each attempt and of all attempts', async () => {
    const time = timeThatPasses();
    const durations: number[] = [];
    await withRetries(
      { ...policy, tries: 10, budgetMs: 250, maxBackOffMs: 0 },
      async (signal) => {
        durations.push(time.passUntil(signal));
        return transient;
      },
      time,
    );
    expect(durations).toEqual([100, 100, 50]);
    expect(time.now()).toBe(250);
  });

  test('waits as long as requested', async () => {
    const time = timeThatPasses();
    const tries: AttemptResult<string>[] = [
      { ...transient, retryAfterMs: 299 },
      { outcome: 'done', value: 'yes' },
    ];
    expect(await withRetries(policy, async () => tries.shift() ?? transient, time)).toMatchObject({ outcome: 'done' });
    expect(time.now()).toBe(299);
  });

  test('ends immediately when the requested wait exceeds the time left', async () => {
    const time = timeThatPasses();
    expect(await withRetries(policy, async () => ({ ...transient, retryAfterMs: 300 }), time)).toMatchObject({
      tries: 1,
    });
    expect(time.now()).toBe(0);
  });
});

/** Time that stands still but for waits, and but for tries that take all the time they are given. */
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
