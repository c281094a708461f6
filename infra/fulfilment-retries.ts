import { Duration } from 'aws-cdk-lib';
import { Errors, JitterType, type RetryProps } from 'aws-cdk-lib/aws-stepfunctions';
import type { LambdaInvoke } from 'aws-cdk-lib/aws-stepfunctions-tasks';

// The retries of the tasks of the state machine.

/**
 * Throttling, by the account's concurrency or a table that is scaling up. It ends without action, so the task is retried for
 * about four hours, after the task itself has retried for half a minute.
 */
const throttled: RetryProps = {
  errors: [
    'Lambda.TooManyRequestsException',
    'ThrottlingException',
    'ThrottledException',
    'TooManyRequestsException',
    'RequestLimitExceeded',
    'ProvisionedThroughputExceededException',
    'TransactionCanceledException',
    'TransactionConflictException',
    'TransactionInProgressException',
  ],
  interval: Duration.seconds(5),
  backoffRate: 2,
  maxDelay: Duration.minutes(5),
  maxAttempts: 99,
  jitterStrategy: JitterType.FULL,
};

/** Errors that pass within minutes. Full jitter, so that sixteen shards do not retry at the same time. */
const transient: RetryProps = {
  errors: [
    'Lambda.ServiceException',
    'Lambda.AWSLambdaException',
    'Lambda.SdkClientException',
    'OperatorUnavailable',
    'InternalServerError',
    'TimeoutError',
  ],
  interval: Duration.seconds(2),
  backoffRate: 2,
  maxDelay: Duration.minutes(5),
  maxAttempts: 8,
  jitterStrategy: JitterType.FULL,
};

/** An operator that is unavailable for days. Submitting an order and receiving its SIMs can wait. */
export const operatorUnavailable: RetryProps = {
  errors: ['OperatorUnavailable'],
  interval: Duration.minutes(1),
  backoffRate: 2,
  maxDelay: Duration.hours(6),
  maxAttempts: 60,
  jitterStrategy: JitterType.FULL,
};

/** An operator that is unavailable while SIMs are changed. After a day, the task itself fails the SIMs. */
export const operatorUnavailableDuringChange: RetryProps = {
  ...operatorUnavailable,
  interval: Duration.seconds(5),
  maxDelay: Duration.hours(1),
  maxAttempts: 99,
};

/** Unexpected errors, including crashes and time-outs of a function. They are retried a few times. */
const unexpected: RetryProps = {
  errors: [Errors.TASKS_FAILED],
  interval: Duration.seconds(2),
  backoffRate: 2,
  maxAttempts: 3,
  jitterStrategy: JitterType.FULL,
};

/** Adds the given retries and those of all tasks. Step Functions uses the first retrier that matches the error, so the specific ones come first. */
export function addRetries(state: LambdaInvoke, ...first: RetryProps[]): LambdaInvoke {
  for (const retry of [...first, throttled, transient, unexpected]) state.addRetry(retry);
  return state;
}
