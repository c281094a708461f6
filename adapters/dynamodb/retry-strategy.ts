import type { DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import { type RetryPolicy, retryDelay } from '../../domain/retry-policies.ts';
import { isContention } from './contention.ts';

/** The SDK has a type for it in a package that only the SDK depends on. */
type RetryStrategy = Extract<
  NonNullable<DynamoDBClientConfig['retryStrategy']>,
  { refreshRetryTokenForRetry: unknown }
>;
type RetryToken = Awaited<ReturnType<RetryStrategy['acquireInitialRetryToken']>>;

/**
 * How the client of DynamoDB retries each of its calls: those that the SDK would retry (throttling, errors of the server,
 * lost connections), and writes that met a transaction on the same item.
 *
 * It has no bucket of retry tokens. The SDK's lets a client retry about a hundred throttled calls in a row and then fails
 * every further one at once: a task that has 32 writes in flight empties it while a table is still scaling up. Here the
 * bound is the policy's number of attempts for each call, and the number of calls in flight.
 *
 * @param policy read for each retry, as a function says what it is after its first import.
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
        // The SDK throws the error of the call instead of this one.
        throw new Error('No further attempt');
      }
      return retryToken(failedAttempts, delay);
    },
    recordSuccess() {
      // There is nothing to give back.
    },
  };
}

/** A canceled transaction is sent again by `transact`, as another request: the SDK repeats the token of the first. */
function isContentionOnItem(error: unknown): boolean {
  return isContention(error) && !(error instanceof Error && error.name === 'TransactionCanceledException');
}

function retryToken(count: number, delayMs: number): RetryToken {
  return { getRetryCount: () => count, getRetryDelay: () => delayMs };
}
