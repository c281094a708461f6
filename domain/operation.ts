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
  reason?: string;
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
  /** How far fixing the selection has come, while it is not fixed. */
  selecting?: { pages: number; sims: number; position?: string };
  /** How often its stage was begun: more than a few times means that it cannot be finished. */
  stageRuns?: number;
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
      detail: `The operation is ${operation.state}: it can be tried again when it is over.`,
    };
  }
  if (operation.dryRun) {
    return { code: 'wrong_state', detail: 'A dry run changes nothing: there is nothing to try again.' };
  }
  if (operation.failed === 0 && operation.failure === undefined) {
    return { code: 'wrong_state', detail: 'No SIM failed: there is nothing to try again.' };
  }
  const { confirm: _confirm, ...target } = operation.target;
  return {
    id,
    action: operation.action,
    target,
    selection: operation.pages === undefined ? operation.selection : { kind: 'failed', operationId: operation.id },
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

/** A stage is worked by this many tasks side by side, at the most; each has its own pages. */
const MAX_SHARDS = 16;

/** How many tasks share the pages of an operation: shard `s` has every page whose number leaves `s` when divided by it. */
export function shardsOf({ pages = 0 }: Pick<Operation, 'pages'>): number {
  return Math.min(MAX_SHARDS, pages);
}
