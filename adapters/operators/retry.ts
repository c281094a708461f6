import { setTimeout as sleep } from 'node:timers/promises';
import { type CallPolicy, retryDelay } from '../../domain/retry-policies.ts';

/** The result of one attempt. `retryAfterMs` is the pause that the operator asked for. */
export type AttemptResult<T> =
  | { outcome: 'done'; value: T }
  | { outcome: 'transient'; detail: string; retryAfterMs?: number; cause?: unknown }
  | { outcome: 'permanent'; detail: string; cause?: unknown };

/** The result of all attempts. `permanent`: a retry would fail in the same way. */
export type RetryResult<T> =
  | { outcome: 'done'; value: T }
  | { outcome: 'failed'; detail: string; attempts: number; permanent: boolean; cause?: unknown };

/** A monotonic clock, pauses and time-outs, in milliseconds. Tests replace it. */
export type Timing = {
  now(): number;
  sleep(ms: number): Promise<void>;
  signalAfter(ms: number): AbortSignal;
};

const realTiming: Timing = {
  now: () => performance.now(),
  sleep,
  signalAfter: (ms) => AbortSignal.timeout(ms),
};

/**
 * Retries an attempt until it succeeds, fails permanently, or the policy is exhausted. Pauses between attempts grow exponentially
 * with full jitter (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/), or last as long as the operator
 * asked for. Ends at once when a pause would exceed the budget.
 *
 * @param attempt waits for its moment, then calls `start`, which returns the signal of its time-out. The wait is not part of the budget.
 */
export async function withRetries<T>(
  policy: CallPolicy,
  attempt: (start: () => AbortSignal) => Promise<AttemptResult<T>>,
  { now, sleep, signalAfter }: Timing = realTiming,
): Promise<RetryResult<T>> {
  let deadline = now() + policy.budgetMs;
  for (let attempts = 1; ; attempts += 1) {
    const waitingSince = now();
    const result = await attempt(() => {
      deadline += now() - waitingSince;
      return signalAfter(Math.min(policy.timeoutMs, Math.max(1, Math.ceil(deadline - now()))));
    });
    if (result.outcome === 'done') {
      return result;
    }
    const permanent = result.outcome === 'permanent';
    const { detail, cause } = result;
    const failed: RetryResult<T> = { outcome: 'failed', detail, attempts, permanent, cause };
    const delay = retryDelay(policy, attempts, Math.random());
    if (permanent || delay === undefined) {
      return failed;
    }
    const retryAfterMs = result.outcome === 'transient' ? result.retryAfterMs : undefined;
    const pause = Math.max(delay, retryAfterMs ?? 0);
    if (now() + pause >= deadline) {
      return failed;
    }
    await sleep(pause);
  }
}
