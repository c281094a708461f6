import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { ConditionFailed } from './items.ts';

/** Reasons for which DynamoDB cancels a transaction that are the fault of what it should write. */
const PERMANENT_REASONS: readonly (string | undefined)[] = ['ValidationError', 'ItemCollectionSizeLimitExceeded'];

/**
 * Whether a failure is likely to pass with time: throttling, an outage, missing permissions, or a conflict with another
 * writer. What DynamoDB refuses as invalid, and an error of our own, fails again with the same data.
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
  // What AWS answered has metadata; what kept its answer from arriving has a code of the system, or is a time-out.
  const isFromAws = '$metadata' in error;
  return isFromAws
    ? error.name !== 'ValidationException'
    : 'code' in error || /^(Timeout|Abort)Error$/.test(error.name);
}
