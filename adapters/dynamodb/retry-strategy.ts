import type { DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import { type RetryPolicy, retryDelay } from '../../domain/retry-policies.ts';
import { isContention } from './contention.ts';

/** The SDK declares the type in a package that only the SDK depends on. */
type RetryStrategy = Extract<
  NonNullable<DynamoDBClientConfig['retryStrategy']>,
  { refreshRetryTokenForRetry: unknown }
>;
type RetryToken = Awaited<ReturnType<RetryStrategy['acquireInitialRetryToken']>>;

/**
 * The retry strategy of the DynamoDB client. Retries the errors that the SDK retries (throttling, server errors, lost
 * connections) and writes that conflict with a transaction on the same item.
 *
 * It has no bucket of retry tokens. The SDK's bucket allows about a hundred retries of throttled calls in a row, and then every
 * further call fails at once: a task with 32 writes in flight empties it while a table is still scaling up. Here, the limits
 * are the attempts per call and the number of calls in flight.
 *
 * @param policy read for each retry, because a function selects its policy after the client is imported.
 */
export function boundedRetries(policy: () => RetryPolicy, random: () => number = Math.random): RetryStrategy {
  return {
    async acquireInitialRetryToken() {
      return retryToken(0, 0);
    },
    async refreshRetryTokenForRetry(token, { error, errorType }) {
      const failedAttempts = token.getRetryCount() + 1;
      const passes = errorType === 'THROTTLING' || errorType === 'TRANSIENT' || isContentionOnItem(error);
      const delay = passes ? retryDelay(policy(), failedAttempts, random()) : undefined;
      if (delay === undefined) {
        // The SDK throws the error of the call instead.
        throw new Error('No attempts left');
      }
      return retryToken(failedAttempts, delay);
    },
    recordSuccess() {
      // There are no retry tokens to return.
    },
  };
}

/** Excludes canceled transactions: `transact` retries them as separate requests, whereas the SDK would reuse the request token. */
function isContentionOnItem(error: unknown): boolean {
  return isContention(error) && !(error instanceof Error && error.name === 'TransactionCanceledException');
}

function retryToken(count: number, delayMs: number): RetryToken {
  return { getRetryCount: () => count, getRetryDelay: () => delayMs };
}
