import type { Requester } from './access.ts';
import type { OperationId } from './ids.ts';
import {
  CONFIRM_MISMATCH,
  finalState,
  isConfirmed,
  isOperationFinished,
  newOperation,
  nextPhase,
  type Operation,
  type SelectionSize,
  wasRunning,
} from './operation.ts';
import type { Problem } from './verdict.ts';

/*
 * Every transition of an operation. Each returns the operation after the transition and leaves storing it to the caller.
 */

/** Removes the failure of an operation, so that it can continue. An operation without a failure is returned unchanged. */
export function reopenOperation<Stored extends Operation>(operation: Stored): Stored {
  const { failure, finishedAt: _finishedAt, ...rest } = operation;
  // Safe: the removed fields are optional in every operation.
  return failure ? ({ ...rest, state: 'running', vainRuns: 0 } as Stored) : operation;
}

/**
 * A run of the operation's stage starts.
 *
 * @param seen the operation when the run was decided on, from which progress is measured.
 * @returns `undefined` when the operation has finished meanwhile, for example by a concurrent execution.
 */
export function startStageRun<Stored extends Operation>(
  operation: Stored,
  seen: Stored,
  at: string,
): Stored | undefined {
  const open = reopenOperation(operation);
  if (isOperationFinished(open)) {
    return undefined;
  }
  const phase = nextPhase(seen);
  return {
    ...open,
    state: 'running',
    startedAt: operation.startedAt ?? at,
    phase,
    // Waiting for an operator is neither progress nor the lack of it.
    vainRuns: Math.max(0, runsWithoutProgress(seen) - (phase === 'confirm' ? 1 : 0)),
    resultsBefore: seen.succeeded + seen.failed,
    updatedAt: at,
  };
}

/** A run of the operation's stage ended while SIMs waited for a turn at their operator, which is not a lack of progress. */
export function noteWaiting<Stored extends Operation>(operation: Stored, at: string): Stored | undefined {
  return isOperationFinished(operation) ? undefined : { ...operation, vainRuns: 0, resultsBefore: -1, updatedAt: at };
}

/** The number of consecutive runs of its stage without a result, including the next. */
export function runsWithoutProgress({
  succeeded,
  failed,
  resultsBefore = 0,
  vainRuns = 0,
}: Pick<Operation, 'succeeded' | 'failed' | 'resultsBefore' | 'vainRuns'>): number {
  return succeeded + failed > resultsBefore ? 0 : vainRuns + 1;
}

/**
 * All SIMs have a result, or the work of the cancelled operation has ended. The failure of an earlier execution is removed.
 *
 * @returns `undefined` when the operation has finished already.
 */
export function finishOperation<Stored extends Operation>(operation: Stored, at: string): Stored | undefined {
  const open = reopenOperation(operation);
  return isOperationFinished(open)
    ? undefined
    : { ...open, state: finalState(open), startedAt: open.startedAt ?? at, finishedAt: at, updatedAt: at };
}

/**
 * The execution of the operation failed. The results so far are kept. A stage of a plan that had not started stays `queued`
 * and runs when the order resumes.
 *
 * @returns `undefined` when the failure does not affect the operation.
 */
export function failOperation<Stored extends Operation>(
  operation: Stored,
  failure: Problem,
  at: string,
): Stored | undefined {
  return wasRunning(operation) ? { ...operation, state: 'failed', failure, finishedAt: at, updatedAt: at } : undefined;
}

/**
 * The selection is complete. An operation that was confirmed for another number of SIMs fails before it changes any of them.
 */
export function fixSelection<Stored extends Operation>(
  operation: Stored,
  { pages, sims }: SelectionSize,
  at: string,
): Stored {
  const { selecting: _selecting, ...rest } = operation;
  // Safe: the removed field is optional in every operation.
  const fixed = { ...rest, pages, total: sims, updatedAt: at } as Stored;
  if (isConfirmed(operation, sims)) {
    return { ...fixed, state: 'queued' };
  }
  const detail = `confirm is ${operation.target.confirm}, but the selection contains ${sims} SIMs. No SIM was changed.`;
  return { ...fixed, state: 'failed', finishedAt: at, failure: { code: CONFIRM_MISMATCH, detail } };
}

/** Another page of the selection is known. `position` is where the search continues; `undefined` completes the selection. */
export function extendSelection<Stored extends Operation>(
  operation: Stored,
  sims: number,
  position: string | undefined,
  at: string,
): Stored {
  const { pages, sims: before } = operation.selecting ?? { pages: 0, sims: 0 };
  const size = { pages: pages + (sims > 0 ? 1 : 0), sims: before + sims };
  return position === undefined
    ? fixSelection(operation, size, at)
    : { ...operation, state: 'queued', selecting: { ...size, position }, updatedAt: at };
}

/** The SIMs of the operation cannot be selected. No SIM is changed. */
export function failSelection<Stored extends Operation>(operation: Stored, failure: Problem, at: string): Stored {
  const { selecting: _selecting, ...rest } = operation;
  // Safe: the removed field is optional in every operation.
  return { ...rest, state: 'failed', failure, finishedAt: at, updatedAt: at } as Stored;
}

/**
 * A user requested the cancellation. A scheduled operation is cancelled immediately. A running one completes the changes in
 * progress and leaves the remaining SIMs unchanged.
 *
 * @returns the operation, or why it cannot be cancelled.
 */
export function requestOperationCancellation<Stored extends Operation>(
  operation: Stored,
  at: string,
): Stored | Problem<'wrong_state'> {
  if (isOperationFinished(operation)) {
    return { code: 'wrong_state', detail: `The operation is already ${operation.state}.` };
  }
  if (operation.isFinal) {
    return { code: 'wrong_state', detail: 'The replaced SIM is being terminated, which cannot be cancelled.' };
  }
  const requested = { ...operation, cancelRequestedAt: operation.cancelRequestedAt ?? at, updatedAt: at };
  return operation.state === 'scheduled' ? { ...requested, state: 'cancelled', finishedAt: at } : requested;
}

/**
 * A new operation that repeats the action for the SIMs that failed. After a failed execution these are all SIMs that did not
 * succeed. A selection that was never fixed is selected again.
 *
 * @returns the operation, or why it cannot be retried.
 */
export function newRetry(
  operation: Operation,
  id: OperationId,
  { actor, actorEmail }: Requester,
  at: string,
): Operation | Problem<'wrong_state'> {
  if (!isOperationFinished(operation)) {
    return {
      code: 'wrong_state',
      detail: `The operation is ${operation.state}. It can be retried once it has finished.`,
    };
  }
  if (operation.dryRun) {
    return { code: 'wrong_state', detail: 'Dry runs cannot be retried.' };
  }
  if (operation.partOf !== undefined) {
    const detail = `This is a step of the replacement ${operation.partOf}. Retry the replacement.`;
    return { code: 'wrong_state', detail };
  }
  if (operation.failed === 0 && operation.failure === undefined) {
    return { code: 'wrong_state', detail: 'No SIM failed, so there is nothing to retry.' };
  }
  if (operation.failure?.code === CONFIRM_MISMATCH) {
    return {
      code: 'wrong_state',
      detail: 'The number of SIMs was not confirmed. Send a new request with the correct number.',
    };
  }
  const { confirm: _confirm, ...target } = operation.target;
  return newOperation(
    {
      id,
      action: operation.action,
      target,
      selection: needsSelection(operation) ? operation.selection : { kind: 'failed', operationId: operation.id },
      requestedBy: actor,
      requestedByEmail: actorEmail,
      ...(operation.planStage ? { planStage: { ...operation.planStage, retry: true } } : {}),
    },
    at,
  );
}

/** Whether a retry repeats the selection, because it was never completed. A list is complete from the beginning. */
function needsSelection({ pages, selection }: Operation): boolean {
  return pages === undefined && selection.kind !== 'list';
}
