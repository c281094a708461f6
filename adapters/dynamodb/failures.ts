import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { ConditionFailed } from './items.ts';

/** Reasons for canceled transactions that are caused by the written data. */
const PERMANENT_REASONS: readonly (string | undefined)[] = ['ValidationError', 'ItemCollectionSizeLimitExceeded'];

/**
 * Whether a failure is likely to be temporary: throttling, an outage, missing permissions, or a conflict with another writer.
 * Requests that DynamoDB rejects as invalid, and errors of our own code, fail again with the same data.
 */
export function isTransient(error: unknown): boolean {
  if (error instanceof ConditionFailed) {
    return true;
  }
  if (error instanceof TransactionCanceledException) {
    return !error.CancellationReasons?.some(({ Code }) => PERMANENT_REASONS.includes(Code));
  }
  if (!(error instanceof Error)) {
    return false;
  }
  // Errors that AWS returned have metadata. Errors of the connection have a system error code, or are time-outs.
  const isFromAws = '$metadata' in error;
  return isFromAws
    ? error.name !== 'ValidationException'
    : 'code' in error || /^(Timeout|Abort)Error$/.test(error.name);
}
