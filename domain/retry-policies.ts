import { HOUR_MS, MINUTE_MS, SECOND_MS } from './time-units.ts';

/*
 * How often work is attempted, and how long it waits in between. The tasks of the state machine have retries of their own
 * (infra/fulfilment-retries.ts). deadlines.ts has the deadlines.
 */

/** How often to attempt a call, and how long to wait in between. */
export type RetryPolicy = {
  /** The number of attempts, including the first. */
  maxAttempts: number;
  /** The longest wait before the second attempt. It doubles with each further attempt, up to `maxDelayMs`. */
  firstDelayMs: number;
  maxDelayMs: number;
};

/** For calls to the table and to Cognito while an API caller waits: under ten seconds in total, well within the gateway's thirty. */
export const interactiveRetries: RetryPolicy = { maxAttempts: 10, firstDelayMs: 50, maxDelayMs: 2_000 };

/** For calls to the table in tasks, schedules and streams: up to 26 seconds, so that a throttled table fails no whole page. */
export const backgroundRetries: RetryPolicy = { maxAttempts: 12, firstDelayMs: 50, maxDelayMs: 5_000 };

/**
 * For a read and a conditional write, while other writers change the item in between: under seven seconds in total.
 */
export const conflictRetries: RetryPolicy = { maxAttempts: 20, firstDelayMs: 50, maxDelayMs: 400 };

/** The limits of a call to an operator. */
export type CallPolicy = RetryPolicy & {
  /** The maximum duration of all attempts and pauses together. */
  budgetMs: number;
  /** The time-out of one attempt. */
  timeoutMs: number;
};

/** For calls to operators: three attempts of two seconds each, and six seconds in total. */
export const operatorCallPolicy: CallPolicy = {
  maxAttempts: 3,
  firstDelayMs: 200,
  maxDelayMs: SECOND_MS,
  budgetMs: 6 * SECOND_MS,
  timeoutMs: 2 * SECOND_MS,
};

/** How long one run sends the events of a webhook, in milliseconds of real time. */
export const DELIVERY_ROUND_MS = 50 * SECOND_MS;

/** How long a run leases the queue of a webhook: longer than a round, and until a crashed run is replaced. */
export const QUEUE_LEASE_MS = 90 * SECOND_MS;

/** How long a file of SIMs leases its order, in milliseconds of real time: longer than a request can take. */
export const FILE_LEASE_MS = 40 * SECOND_MS;

/** An event is dead-lettered after this many internal errors while sending it. Failures of the receiver do not count. */
export const MAX_DELIVERY_ERRORS = 12;

/** How long the stream delivers a failed change again, in milliseconds of real time, before a schedule retries it. */
export const CHANGE_RETRIES_MS = 10 * MINUTE_MS;

/** When a schedule first retries a failed change. */
export const FIRST_CHANGE_RETRY_MS = MINUTE_MS;

/** Usage is dead-lettered after this many runs that failed at the same cursor: a day of runs. */
export const MAX_FAILED_COLLECTIONS = 12;

/**
 * For due items that cannot be processed: a minute to an hour between attempts, about seven hours in total. Then they are
 * dead-lettered. The delays have no jitter, because items are not retried in lockstep.
 */
export const dueWorkRetries: RetryPolicy = { maxAttempts: 12, firstDelayMs: MINUTE_MS, maxDelayMs: HOUR_MS };

/**
 * How long to wait before the next attempt, in milliseconds: exponential backoff with full jitter, so that callers that
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

/** An order without news is polled after one hour, then two, four and every six hours: operators take days. */
const FIRST_ORDER_POLL_PAUSE_MS = HOUR_MS;
const MAX_ORDER_POLL_PAUSE_MS = 6 * HOUR_MS;

/**
 * The pause before the next poll of an order, in milliseconds. A jitter of 20 per cent spreads orders that were placed
 * together.
 *
 * @param attemptsWithoutNews consecutive answers without news, or failed calls.
 * @param random a number from 0 up to 1.
 */
export function orderPollPause(attemptsWithoutNews: number, random: number): number {
  const pause = Math.min(FIRST_ORDER_POLL_PAUSE_MS * 2 ** attemptsWithoutNews, MAX_ORDER_POLL_PAUSE_MS);
  return pause * (0.8 + 0.4 * random);
}

/** The longest total wait of a policy, in milliseconds. */
export function maxTotalDelay(policy: RetryPolicy): number {
  return Array.from({ length: policy.maxAttempts - 1 }, (_, index) => retryDelay(policy, index + 1, 1) ?? 0).reduce(
    (sum, delay) => sum + delay,
    0,
  );
}

const FIRST_CONFIRMATION_PAUSE_MS = 30 * SECOND_MS;
const MAX_CONFIRMATION_PAUSE_MS = 6 * HOUR_MS;

/** The pause after a round of polling operators about changes of SIMs, in milliseconds: 30 seconds, doubling up to six hours. */
export function confirmationPause(round: number): number {
  return Math.min(FIRST_CONFIRMATION_PAUSE_MS * 2 ** round, MAX_CONFIRMATION_PAUSE_MS);
}

/** How long until the sweep checks that the first execution of an order or operation has started, then that it still runs. */
const FIRST_RUN_CHECK_MS = 15 * MINUTE_MS;
const RUN_CHECK_MS = HOUR_MS;

/** When the sweep first checks an order or operation that starts now. */
export function firstRunCheck(startedAt: Date): Date {
  return new Date(startedAt.getTime() + FIRST_RUN_CHECK_MS);
}

/**
 * When the sweep checks an order or operation next: in about an hour, spread over a quarter of an hour, so that work that
 * started together is not checked together.
 *
 * @param random a number from 0 up to 1.
 */
export function nextRunCheck(now: Date, random: number): Date {
  return new Date(now.getTime() + RUN_CHECK_MS * (0.875 + 0.25 * random));
}
