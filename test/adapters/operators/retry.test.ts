import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { type RetryPolicy, retrying, type Try } from '../../../adapters/operators/retry.ts';

const policy: RetryPolicy = { tries: 3, budgetMs: 300, timeoutMs: 100, firstBackOffMs: 1, maxBackOffMs: 2 };
const transient: Try<never> = { outcome: 'transient', detail: 'busy' };

describe('trying again', () => {
  test('ends with the first that is done', async () => {
    const tries: Try<string>[] = [transient, { outcome: 'done', value: 'yes' }, { outcome: 'done', value: 'late' }];
    expect(await retrying(policy, async () => tries.shift() ?? transient)).toEqual({ outcome: 'done', value: 'yes' });
  });

  test('ends with what is hopeless', async () => {
    const cause = new Error('no');
    expect(await retrying(policy, async () => ({ outcome: 'hopeless', detail: 'never', cause }))).toEqual({
      outcome: 'failed',
      detail: 'never',
      tries: 1,
      cause,
    });
  });

  test('ends after as many tries as there are', async () => {
    expect(await retrying(policy, async () => transient)).toMatchObject({ outcome: 'failed', tries: 3 });
  });

  test('gives each try its time and all together theirs', async () => {
    const start = performance.now();
    const durations: number[] = [];
    await retrying({ ...policy, tries: 10, budgetMs: 250 }, async (signal) => {
      const from = performance.now();
      await sleep(1_000, undefined, { signal }).catch(() => {});
      durations.push(performance.now() - from);
      return transient;
    });
    expect(performance.now() - start).toBeLessThan(900);
    expect(durations.length).toBeGreaterThanOrEqual(3);
    expect(Math.max(...durations)).toBeLessThan(800);
  });

  test('ends at once when the wait that was asked for would be longer than the time left', async () => {
    const start = performance.now();
    expect(await retrying(policy, async () => ({ ...transient, retryAfterMs: 301 }))).toMatchObject({ tries: 1 });
    expect(performance.now() - start).toBeLessThan(250);
  });
});
