import { DAY_MS } from './durations.ts';
import type { OperatorId } from './operator.ts';
import type { Order } from './order.ts';
import type { PlanStage } from './plan.ts';
import { OPERATOR_DEADLINE_MS } from './retry-policies.ts';
import type { SimState } from './sim.ts';
import type { SimAction, SimProblem } from './sim-actions.ts';
import type { Problem } from './verdict.ts';

/** The life of a bulk action on SIMs. */
export const operationStates = [
  'scheduled',
  'queued',
  'running',
  'succeeded',
  'partially_succeeded',
  'failed',
  'cancelled',
] as const;

export type OperationState = (typeof operationStates)[number];

/** What an action aims at, besides the SIMs. */
export type OperationTarget = {
  /** How many SIMs a termination was confirmed for. */
  confirm?: number;
  partnerServiceId?: string;
  customerId?: string;
  customerServiceId?: string;
  /** Why a suspension puts bars on. Of a resumption: it takes off the bars that have this reason, and no others. */
  reason?: string;
  /** From then on a suspension puts no bars on any more. */
  until?: string;
};

/** The filters by which SIMs are listed and selected; they combine. `q` is the start of an ICCID or of a label. */
export type SimFilter = {
  state?: SimState | undefined;
  customerId?: string | undefined;
  customerServiceId?: string | undefined;
  partnerServiceId?: string | undefined;
  operatorId?: OperatorId | undefined;
  orderId?: string | undefined;
  q?: string | undefined;
};

/** Which SIMs an operation is for: a list, an order's, those that a filter finds, those that failed in another. */
export type Selection =
  | { kind: 'list' }
  | { kind: 'order'; orderId: string }
  | { kind: 'filter'; filter: SimFilter }
  | { kind: 'failed'; operationId: string };

/** A bulk action on SIMs, or a stage of an order's plan. */
export type Operation = {
  id: string;
  action: SimAction;
  target: OperationTarget;
  selection: Selection;
  dryRun?: boolean;
  /** When it shall begin; until then it is `scheduled`. */
  effectiveAt?: string;
  state: OperationState;
  /** How many SIMs were selected; absent until the selection is fixed. */
  total?: number;
  /** Into how many pages the selection was cut; absent until it is fixed. */
  pages?: number;
  succeeded: number;
  failed: number;
  failure?: Problem;
  /** The stage of an order's plan that this operation carries out, or retries. */
  planStage?: { orderId: string; stage: PlanStage; last: boolean; retry: boolean };
  /** How far fixing the selection has come, while it is not fixed. A list is known whole, and fixed all the same later. */
  selecting?: { pages: number; sims: number; position?: string };
  /** How often in a row its stage was run without any result, and how many results there were before the last run. */
  vainRuns?: number;
  resultsBefore?: number;
  cancelRequestedAt?: string;
  requestedBy: string;
  createdAt: string;
  startedAt?: string;
  finishedAt?: string;
  updatedAt: string;
  version: number;
};

/** What came of one SIM. */
export type SimResult =
  | { iccid: string; outcome: 'succeeded' }
  | { iccid: string; outcome: 'failed'; problem: SimProblem };

export function isOperationFinished(operation: Pick<Operation, 'state'>): boolean {
  return !['scheduled', 'queued', 'running'].includes(operation.state);
}

/**
 * How an operation ends whose pages have all been worked (or which was cancelled before): succeeded when no SIM failed,
 * an empty selection included; failed when none succeeded.
 */
export function finalState(operation: Pick<Operation, 'succeeded' | 'failed' | 'cancelRequestedAt'>): OperationState {
  if (operation.cancelRequestedAt !== undefined) {
    return 'cancelled';
  }
  if (operation.failed === 0) {
    return 'succeeded';
  }
  return operation.succeeded === 0 ? 'failed' : 'partially_succeeded';
}

/** What a new operation is made of. `size` is known for a list of SIMs, and for an order that has received its own. */
export type OperationRequest = Pick<Operation, 'id' | 'action' | 'target' | 'selection' | 'requestedBy'> & {
  size?: { pages: number; sims: number } | undefined;
  dryRun?: boolean | undefined;
  /** When it starts; at once when absent. */
  effectiveAt?: string | undefined;
  planStage?: Operation['planStage'];
};

/** A new operation: `queued`, or `scheduled` when it starts later. A scheduled one fixes its selection when it starts. */
export function newOperation(request: OperationRequest, at: string): Operation {
  const { id, action, target, selection, requestedBy, size, dryRun, effectiveAt, planStage } = request;
  const fixed = size && { total: size.sims, pages: size.pages };
  return {
    id,
    action,
    target,
    selection,
    ...(dryRun ? { dryRun: true } : {}),
    ...(effectiveAt === undefined
      ? { state: 'queued', ...fixed }
      : { state: 'scheduled', effectiveAt, ...(size && selection.kind === 'list' ? { selecting: size } : {}) }),
    succeeded: 0,
    failed: 0,
    ...(planStage ? { planStage } : {}),
    requestedBy,
    createdAt: at,
    updatedAt: at,
    version: 1,
  };
}

/** The operations of an order's plan, one for each stage, for the SIMs that the order has received. */
export function planOperations(
  order: Pick<Order, 'id' | 'plan' | 'operations' | 'receivedQuantity' | 'requestedBy'>,
  pages: number,
  at: string,
): Operation[] {
  const { id: orderId, plan, operations, receivedQuantity, requestedBy } = order;
  if (plan === undefined) {
    return [];
  }
  const target = {
    partnerServiceId: plan.partnerServiceId,
    ...(plan.customerId === undefined ? {} : { customerId: plan.customerId }),
    ...(plan.customerServiceId === undefined ? {} : { customerServiceId: plan.customerServiceId }),
  };
  return operations.map(({ stage, operationId }, place) =>
    newOperation(
      {
        id: operationId,
        action: stage,
        target,
        selection: { kind: 'order', orderId },
        requestedBy,
        size: { pages, sims: receivedQuantity },
        planStage: { orderId, stage, last: place === operations.length - 1, retry: false },
      },
      at,
    ),
  );
}

/** An operation whose run failed, without the failure, so that it can continue; any other unchanged. */
export function reopened<Kept extends Operation>(operation: Kept): Kept {
  const { failure, finishedAt: _finishedAt, ...rest } = operation;
  // Safe: what was taken off is optional in every operation.
  return failure ? ({ ...rest, state: 'running', vainRuns: 0 } as Kept) : operation;
}

/** Whether every SIM has a result, or the operation was cancelled: work that was in progress has then ended. */
export function isOperationDone({
  total,
  succeeded,
  failed,
  cancelRequestedAt,
}: Pick<Operation, 'total' | 'succeeded' | 'failed' | 'cancelRequestedAt'>): boolean {
  return cancelRequestedAt !== undefined || (total !== undefined && succeeded + failed >= total);
}

/** An operation whose stage has run this often in a row without progress is stuck. */
export const MAX_RUNS_WITHOUT_PROGRESS = 10;

/**
 * The operation when its stage runs, or runs again.
 *
 * @param seen the operation when the run was decided on: progress is measured from there.
 */
export function startStageRun<Kept extends Operation>(operation: Kept, seen: Kept, at: string): Kept {
  const results = seen.succeeded + seen.failed;
  return {
    ...reopened(operation),
    state: 'running',
    startedAt: operation.startedAt ?? at,
    vainRuns: runsWithoutProgress(seen),
    resultsBefore: results,
    updatedAt: at,
  };
}

/** How many runs of its stage in a row, the next included, have brought no result. */
export function runsWithoutProgress({
  succeeded,
  failed,
  resultsBefore = 0,
  vainRuns = 0,
}: Pick<Operation, 'succeeded' | 'failed' | 'resultsBefore' | 'vainRuns'>): number {
  return succeeded + failed > resultsBefore ? 0 : vainRuns + 1;
}

/** The operation when all its SIMs have a result, or the work of a cancelled one has ended. */
export function finishOperation<Kept extends Operation>(operation: Kept, at: string): Kept {
  const startedAt = operation.startedAt ?? at;
  return { ...operation, state: finalState(operation), startedAt, finishedAt: at, updatedAt: at };
}

/**
 * The operation when its execution failed. It keeps the results so far. A stage of a plan whose turn had not come stays
 * `queued`: it runs when the order resumes.
 *
 * @returns `undefined` when the failure does not concern it.
 */
export function failOperation<Kept extends Operation>(operation: Kept, failure: Problem, at: string): Kept | undefined {
  return wasRunning(operation) ? { ...operation, state: 'failed', failure, finishedAt: at, updatedAt: at } : undefined;
}

/** Whether an operation was running, or was about to, when an execution failed. */
export function wasRunning({ state, planStage }: Pick<Operation, 'state' | 'planStage'>): boolean {
  return !isOperationFinished({ state }) && !(planStage && state === 'queued' && !planStage.retry);
}

/** The size of a selection: the pages of its manifest and the SIMs in them. */
export type SelectionSize = { pages: number; sims: number };

/**
 * The operation when its selection is complete. One that was confirmed for another number of SIMs fails before it changes
 * any of them.
 */
export function fixSelection<Kept extends Operation>(
  operation: Kept,
  { pages, sims }: SelectionSize,
  at: string,
): Kept {
  const { selecting: _selecting, ...rest } = operation;
  // Safe: what was taken off is optional in every operation.
  const fixed = { ...rest, pages, total: sims, updatedAt: at } as Kept;
  if (isConfirmed(operation, sims)) {
    return { ...fixed, state: 'queued' };
  }
  const detail = `confirm is ${operation.target.confirm}, but the selection contains ${sims} SIMs. No SIM was changed.`;
  return { ...fixed, state: 'failed', finishedAt: at, failure: { code: CONFIRM_MISMATCH, detail } };
}

/** The operation when another page of its selection is known; `position` is where the search continues. */
export function extendSelection<Kept extends Operation>(
  operation: Kept,
  sims: number,
  position: string | undefined,
  at: string,
): Kept {
  const { pages, sims: before } = operation.selecting ?? { pages: 0, sims: 0 };
  const size = { pages: pages + (sims > 0 ? 1 : 0), sims: before + sims };
  return position === undefined
    ? fixSelection(operation, size, at)
    : { ...operation, state: 'queued', selecting: { ...size, position }, updatedAt: at };
}

/** The operation when its SIMs cannot be selected. Its selection stays open: no SIM is touched. */
export function failSelection<Kept extends Operation>(operation: Kept, failure: Problem, at: string): Kept {
  const { selecting: _selecting, ...rest } = operation;
  // Safe: what was taken off is optional in every operation.
  return { ...rest, state: 'failed', failure, finishedAt: at, updatedAt: at } as Kept;
}

/** Whether an operation has waited long enough for an operator that does not answer. */
export function operatorDeadlinePassed(
  { startedAt, createdAt }: Pick<Operation, 'startedAt' | 'createdAt'>,
  now: Date,
): boolean {
  return now.getTime() > Date.parse(startedAt ?? createdAt) + OPERATOR_DEADLINE_MS;
}

/** The failure of an operation that was confirmed for another number of SIMs than were selected. */
export const CONFIRM_MISMATCH = 'confirm_mismatch';

/** Whether a selection is a partner's whole fleet: a filter without a single field. Every action on it takes `confirm`. */
export function isWholeFleet(selection: Selection): boolean {
  return selection.kind === 'filter' && Object.values(selection.filter).every((value) => value === undefined);
}

/**
 * The rule: an operation runs only on the number of SIMs that it was confirmed for. A fleet is counted by what its orders
 * have received, and an ICCID that an operator delivered with two orders is one SIM: there, fewer are no mismatch.
 */
export function isConfirmed(
  { target: { confirm }, selection }: Pick<Operation, 'target' | 'selection'>,
  sims: number,
): boolean {
  return confirm === undefined || confirm === sims || (isWholeFleet(selection) && sims < confirm);
}

/** How far ahead an operation can be scheduled. */
export const MAX_DAYS_AHEAD = 180;

/**
 * When an operation begins that was asked for a time: `at`, in UTC, or at once when there is none or it is in the past.
 *
 * @returns that, or why it cannot begin then.
 */
export function beginningOf(
  effectiveAt: string | undefined,
  now: Date,
): { at: string | undefined } | Problem<'too_far_ahead'> {
  const at = effectiveAt === undefined ? now : new Date(effectiveAt);
  const latest = new Date(now.getTime() + MAX_DAYS_AHEAD * DAY_MS);
  if (at > latest) {
    return {
      code: 'too_far_ahead',
      detail: `effectiveAt must be at most ${MAX_DAYS_AHEAD} days ahead, no later than ${latest.toISOString()}.`,
    };
  }
  return { at: at > now ? at.toISOString() : undefined };
}

/**
 * Calls an operation off. One that waits for its time ends at once; one that is at work ends when what is under way has
 * been seen to its end: what is done stays done, and what is not is left untouched.
 *
 * @returns the operation, or why it cannot be called off.
 */
export function requestCancellation<Kept extends Operation>(
  operation: Kept,
  at: string,
): Kept | Problem<'wrong_state'> {
  if (isOperationFinished(operation)) {
    return { code: 'wrong_state', detail: `The operation is already ${operation.state}.` };
  }
  const requested = { ...operation, cancelRequestedAt: operation.cancelRequestedAt ?? at, updatedAt: at };
  return operation.state === 'scheduled' ? { ...requested, state: 'cancelled', finishedAt: at } : requested;
}

/**
 * A new operation with the SIMs that failed in this one, for the same end. Of one whose run broke, that is every SIM
 * that did not succeed; when its selection was not fixed yet, it is selected anew.
 *
 * @returns the operation, or why there is nothing to try again.
 */
export function retryOf(
  operation: Operation,
  id: string,
  requestedBy: string,
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
      requestedBy,
      ...(operation.planStage ? { planStage: { ...operation.planStage, retry: true } } : {}),
    },
    at,
  );
}

/** Whether a retry repeats the selection, because it was never completed. A list is complete from the beginning. */
function needsSelection({ pages, selection }: Operation): boolean {
  return pages === undefined && selection.kind !== 'list';
}

/** A stage is worked by this many tasks side by side, at the most; each has its own pages. */
const MAX_SHARDS = 16;

/** How many tasks share the pages of an operation: shard `s` has every page whose number leaves `s` when divided by it. */
export function shardsOf({ pages = 0 }: Pick<Operation, 'pages'>): number {
  return Math.min(MAX_SHARDS, pages);
}
