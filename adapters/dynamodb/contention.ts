import {
  TransactionCanceledException,
  TransactionConflictException,
  TransactionInProgressException,
} from '@aws-sdk/client-dynamodb';
import { isThrottling } from '../aws-errors.ts';

/** Reasons for canceled transactions that can succeed when they are retried. */
const TRANSIENT_REASONS: ReadonlySet<string> = new Set([
  'TransactionConflict',
  'ThrottlingError',
  'ProvisionedThroughputExceeded',
]);

/**
 * Whether a call conflicted with a concurrent write to the same item, or a transaction was throttled. The call had no effect and
 * can be retried. The SDK retries neither.
 */
export function isContention(error: unknown): boolean {
  return (
    error instanceof TransactionConflictException ||
    error instanceof TransactionInProgressException ||
    (error instanceof TransactionCanceledException && isTransientCancellation(error))
  );
}

/** Whether a call, or a part of a transaction, was throttled. */
export function isThrottled(error: unknown): boolean {
  return (
    isThrottling(error) ||
    (error instanceof TransactionCanceledException &&
      isTransientCancellation(error) &&
      !cancellationCodes(error).includes('TransactionConflict'))
  );
}

/** All reasons must be transient: a failed condition or an item that is too large fails again. */
function isTransientCancellation(error: TransactionCanceledException): boolean {
  const codes = cancellationCodes(error);
  return codes.length > 0 && codes.every((code) => TRANSIENT_REASONS.has(code));
}

/** The reasons for which parts of a transaction failed. DynamoDB reports `None` for the other parts. */
export function cancellationCodes({ CancellationReasons = [] }: TransactionCanceledException): string[] {
  return CancellationReasons.flatMap(({ Code }) => (Code === undefined || Code === 'None' ? [] : [Code]));
}
