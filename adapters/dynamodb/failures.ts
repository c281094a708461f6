import { DynamoDBServiceException, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { ConditionFailed } from './conditions.ts';

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

/**
 * Whether a failed call would fail again: DynamoDB rejects its input, or our own code failed before the call. Throttling,
 * conflicts, and faults of the service or the network are temporary.
 */
export function isPermanent(error: unknown): boolean {
  if (error instanceof AggregateError) {
    return error.errors.every(isPermanent);
  }
  if (error instanceof TransactionCanceledException) {
    return (error.CancellationReasons ?? []).some(({ Code }) => Code === 'ValidationError');
  }
  if (error instanceof DynamoDBServiceException) {
    return error.name === 'ValidationException';
  }
  return !(error instanceof Error && ('code' in error || ['TimeoutError', 'AbortError'].includes(error.name)));
}
