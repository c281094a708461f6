import { deadLetter } from '../../adapters/dynamodb/dead-letters.ts';
import { countFailedAttempt, postpone, stopRetrying } from '../../adapters/dynamodb/due-work.ts';
import type { FailedWork } from '../../domain/dead-letter.ts';
import { dueWorkRetries, retryDelay } from '../../domain/retry-policies.ts';

/**
 * Records that processing a due item failed.
 *
 * 1. Counts the failed attempt.
 * 2. Postpones the item, longer after each attempt.
 * 3. After the last attempt dead-letters it instead: it is not retried until redriven.
 *
 * @returns whether the item was dead-lettered.
 */
export async function recordFailedAttempt(
  { key, duePk }: Omit<Extract<FailedWork, { kind: 'due' }>, 'kind'>,
  error: string,
  now: Date,
): Promise<boolean> {
  const failedAttempts = await countFailedAttempt(key);
  const delay = retryDelay(dueWorkRetries, failedAttempts, 1);
  if (delay === undefined) {
    await deadLetter({ kind: 'due', key, duePk }, error, now);
    await stopRetrying(key);
    return true;
  }
  await postpone(key, new Date(now.getTime() + delay));
  return false;
}
