import { setTimeout as sleep } from 'node:timers/promises';

/** How often and how long one call is tried. All times in milliseconds. */
export type CallPolicy = {
  /** Tries in all, the first one included. */
  tries: number;
  /** What all tries and the waits between them may take together. */
  budgetMs: number;
  /** What one try may take. */
  timeoutMs: number;
  /** The longest first wait; it doubles with each try, up to `maxBackOffMs`. */
  firstBackOffMs: number;
  maxBackOffMs: number;
};

/** What came of one try. `retryAfterMs`: the other side asked to be left alone for so long. */
export type AttemptResult<T> =
  | { outcome: 'done'; value: T }
  | { outcome: 'transient'; detail: string; retryAfterMs?: number; cause?: unknown }
  | { outcome: 'permanent'; detail: string; cause?: unknown };

/** What came of all tries. */
export type RetryResult<T> =
  | { outcome: 'done'; value: T }
  | { outcome: 'failed'; detail: string; tries: number; permanent: boolean; cause?: unknown };

/** What `retrying` knows of time, in milliseconds: a clock that only goes on, waits, and signals that fire later. */
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
 * Tries until it is done, permanent, or tried often or long enough. Waits a random part of a growing time in between
 * ("full jitter", https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/), or as long as was asked
 * for; where that would overrun the budget, it ends at once. Each try gets a signal that fires when its time is up.
 */
export async function withRetries<T>(
  policy: CallPolicy,
  attempt: (signal: AbortSignal) => Promise<AttemptResult<T>>,
  { now, sleep, signalAfter }: Timing = realTiming,
): Promise<RetryResult<T>> {
  const deadline = now() + policy.budgetMs;
  for (let tries = 1; ; tries += 1) {
    const timeLeft = Math.max(1, Math.ceil(deadline - now()));
    const result = await attempt(signalAfter(Math.min(policy.timeoutMs, timeLeft)));
    if (result.outcome === 'done') {
      return result;
    }
    const permanent = result.outcome === 'permanent';
    const failed: RetryResult<T> = { outcome: 'failed', detail: result.detail, tries, permanent, cause: result.cause };
    if (permanent || tries >= policy.tries) {
      return failed;
    }
    const ceiling = Math.min(policy.maxBackOffMs, policy.firstBackOffMs * 2 ** (tries - 1));
    const askedFor = result.outcome === 'transient' ? result.retryAfterMs : undefined;
    const wait = Math.max(Math.random() * ceiling, askedFor ?? 0);
    if (now() + wait >= deadline) {
      return failed;
    }
    await sleep(wait);
  }
}
