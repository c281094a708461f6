/** How often a call is tried and how long to wait in between. */
export type RetryPolicy = {
  /** Attempts in all, the first included. */
  maxAttempts: number;
  /** The longest wait before the second attempt; it doubles with each further one, up to `maxDelayMs`. */
  firstDelayMs: number;
  maxDelayMs: number;
};

/** For calls to the table while a caller of the API waits: under ten seconds in all, well within the gateway's thirty. */
export const interactiveRetries: RetryPolicy = { maxAttempts: 10, firstDelayMs: 50, maxDelayMs: 2_000 };

/** For calls to the table in tasks, schedules and streams: up to 26 seconds, so that a busy table fails no whole page. */
export const backgroundRetries: RetryPolicy = { maxAttempts: 12, firstDelayMs: 50, maxDelayMs: 5_000 };

/**
 * For a read and the write that depends on it, while other writers change the item in between: under seven seconds in all.
 */
export const conflictRetries: RetryPolicy = { maxAttempts: 20, firstDelayMs: 50, maxDelayMs: 400 };

/**
 * How long to wait before the next attempt, in milliseconds: exponential backoff with full jitter, so that callers which
 * collided do not collide again.
 *
 * @param failedAttempts how many attempts have failed, 1 or more.
 * @param random a number from 0 up to 1.
 * @returns `undefined` when there is no attempt left.
 */
export function retryDelay(
  { maxAttempts, firstDelayMs, maxDelayMs }: RetryPolicy,
  failedAttempts: number,
  random: number,
): number | undefined {
  return failedAttempts < maxAttempts
    ? random * Math.min(maxDelayMs, firstDelayMs * 2 ** (failedAttempts - 1))
    : undefined;
}

/** The longest that all waits of a policy take together, in milliseconds. */
export function longestWait(policy: RetryPolicy): number {
  return Array.from({ length: policy.maxAttempts - 1 }, (_, place) => retryDelay(policy, place + 1, 1) ?? 0).reduce(
    (sum, delay) => sum + delay,
    0,
  );
}
