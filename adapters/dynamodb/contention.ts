import {
  TransactionCanceledException,
  TransactionConflictException,
  TransactionInProgressException,
} from '@aws-sdk/client-dynamodb';
import { isThrottling } from '../aws-errors.ts';

/** Reasons for which DynamoDB cancels a transaction that would succeed at another time. */
const TRANSIENT_REASONS: ReadonlySet<string> = new Set([
  'TransactionConflict',
  'ThrottlingError',
  'ProvisionedThroughputExceeded',
]);

/**
 * Whether a call met another write to the same item at the same moment, or a transaction was throttled: it had no effect,
 * and the same call may succeed a moment later. The SDK retries neither.
 */
export function isContention(error: unknown): boolean {
  return (
    error instanceof TransactionConflictException ||
    error instanceof TransactionInProgressException ||
    (error instanceof TransactionCanceledException && isTransientCancellation(error))
  );
}

/** Whether a call, or a part of a transaction, was refused because the table was asked for too much. */
export function isThrottled(error: unknown): boolean {
  return (
    isThrottling(error) ||
    (error instanceof TransactionCanceledException &&
      isTransientCancellation(error) &&
      !cancellationCodes(error).includes('TransactionConflict'))
  );
}

/** A condition that failed, or an item that is too large, will not pass by waiting: it outweighs all other reasons. */
function isTransientCancellation(error: TransactionCanceledException): boolean {
  const codes = cancellationCodes(error);
  return codes.length > 0 && codes.every((code) => TRANSIENT_REASONS.has(code));
}

/** Why the parts of a transaction were refused; a part that was not has the reason `None`. */
export function cancellationCodes({ CancellationReasons = [] }: TransactionCanceledException): string[] {
  return CancellationReasons.flatMap(({ Code }) => (Code === undefined || Code === 'None' ? [] : [Code]));
}
