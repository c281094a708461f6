import { DAY_MS } from './durations.ts';
import type { OperatorId } from './operator.ts';
import type { PlanStage } from './plan.ts';
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

/** An operation whose run broke, as it is when it goes on from there; any other as it is. */
export function reopened<Kept extends Operation>(operation: Kept): Kept {
  const { failure, finishedAt: _finishedAt, ...rest } = operation;
  // Safe: what was taken off is optional in every operation.
  return failure ? ({ ...rest, state: 'running', vainRuns: 0 } as Kept) : operation;
}

/** How long an operation waits for an operator that does not answer, before its SIMs fail with that. */
const PATIENCE_MS = 86_400_000;

/** Whether an operation has waited long enough for an operator that does not answer. */
export function operatorDeadlinePassed(
  { startedAt, createdAt }: Pick<Operation, 'startedAt' | 'createdAt'>,
  now: Date,
): boolean {
  return now.getTime() > Date.parse(startedAt ?? createdAt) + PATIENCE_MS;
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
export function cancelOperation<Kept extends Operation>(operation: Kept, at: string): Kept | Problem<'wrong_state'> {
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
  return {
    id,
    action: operation.action,
    target,
    selection: isSelectedAnew(operation) ? operation.selection : { kind: 'failed', operationId: operation.id },
    state: 'queued',
    succeeded: 0,
    failed: 0,
    ...(operation.planStage ? { planStage: { ...operation.planStage, retry: true } } : {}),
    requestedBy,
    createdAt: at,
    updatedAt: at,
    version: 1,
  };
}

/** What was not fixed is selected anew; a list is one from the beginning. */
function isSelectedAnew({ pages, selection }: Operation): boolean {
  return pages === undefined && selection.kind !== 'list';
}

/** A stage is worked by this many tasks side by side, at the most; each has its own pages. */
const MAX_SHARDS = 16;

/** How many tasks share the pages of an operation: shard `s` has every page whose number leaves `s` when divided by it. */
export function shardsOf({ pages = 0 }: Pick<Operation, 'pages'>): number {
  return Math.min(MAX_SHARDS, pages);
}
