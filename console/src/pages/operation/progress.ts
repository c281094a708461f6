import { isOperationRunning } from '../../app/state-status.ts';
import type { Operation } from '../operations/queries.ts';

/** The share of the SIMs that have a result, in whole percent: 100 only when all have one. */
export function percentDone({ total, succeeded, failed }: Pick<Operation, 'total' | 'succeeded' | 'failed'>): number {
  return total === undefined || total === 0 ? 0 : Math.floor((100 * (succeeded + failed)) / total);
}

/** Whether an operation was cancelled while it had no SIMs yet: it was scheduled, or its SIMs were being selected. */
export function isCancelledBeforeStart({ state, total, startedAt }: Pick<Operation, 'state' | 'total' | 'startedAt'>) {
  return state === 'cancelled' && (startedAt === undefined || total === undefined);
}

/** Whether an operation has progress to show: one that has ended without SIMs has none. */
export function hasProgress(operation: Pick<Operation, 'state' | 'total' | 'startedAt'>): boolean {
  return isOperationRunning(operation) || (operation.total !== undefined && !isCancelledBeforeStart(operation));
}
