import { OPERATOR_DEADLINE_MS } from './deadlines.ts';
import type { CustomerId, CustomerServiceId, OperationId, OperatorId, OrderId, PartnerServiceId } from './ids.ts';

import type { SimWarning } from './minimum-term.ts';
import type { Order } from './order.ts';
import { actionOfStage, type PlanStage } from './plan.ts';
import type { Replacement } from './replacement.ts';
import type { NamingChange, SimState } from './sim.ts';
import type { OperationAction, SimProblem } from './sim-actions.ts';
import { isOperatorAction } from './sim-changes.ts';
import { DAY_MS } from './time-units.ts';
import type { Problem } from './verdict.ts';

/** The states of a bulk action on SIMs. */
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

/** The parameters of an action, besides the SIMs. */
export type OperationTarget = {
  /** The number of SIMs that the request confirms. */
  confirm?: number;
  partnerServiceId?: PartnerServiceId;
  customerId?: CustomerId;
  customerServiceId?: CustomerServiceId;
  /** The reason of the bars that a suspension sets. A resumption removes only the bars with this reason. */
  reason?: string;
  /** A suspension sets no bars from this moment on. */
  until?: string;
  /** The SIMs of a replacement. */
  replacement?: Replacement;
  /** What a change of labels, tags and fields sets and removes. */
  naming?: NamingChange;
};

/** The filters by which SIMs are listed and selected, combined with AND. `domain/sim-search.ts` has what they match. */
export type SimFilter = {
  state?: SimState | undefined;
  customerId?: CustomerId | undefined;
  customerServiceId?: CustomerServiceId | undefined;
  partnerServiceId?: PartnerServiceId | undefined;
  operatorId?: OperatorId | undefined;
  orderId?: OrderId | undefined;
  imsi?: string | undefined;
  msisdn?: string | undefined;
  imei?: string | undefined;
  /** The last digits of the ICCID. */
  iccidEnds?: string | undefined;
  tag?: string | undefined;
  q?: string | undefined;
};

/** The SIMs of an operation: a list, those of an order, those that match a filter, or those that failed in another operation. */
export type Selection =
  | { kind: 'list' }
  | { kind: 'order'; orderId: OrderId }
  | { kind: 'filter'; filter: SimFilter }
  | { kind: 'failed'; operationId: OperationId };

/** The parts of a stage whose changes operators make. Other stages only have the first. */
export type OperationPhase = 'request' | 'confirm';

/** A bulk action on SIMs, or a stage of an order's plan. */
export type Operation = {
  id: OperationId;
  action: OperationAction;
  target: OperationTarget;
  selection: Selection;
  dryRun?: boolean;
  /** When it starts. Until then it is `scheduled`. */
  effectiveAt?: string;
  state: OperationState;
  /** The number of selected SIMs. Absent until the selection is fixed. */
  total?: number;
  /** The number of pages of the selection. Absent until it is fixed. */
  pages?: number;
  succeeded: number;
  failed: number;
  /** In a dry run: how many of the succeeded SIMs are already in the requested state. Absent in dry runs of release 0.1.0. */
  unchanged?: number;
  failure?: Problem;
  /** The stage of an order's plan that this operation executes or retries. */
  planStage?: { orderId: OrderId; stage: PlanStage; last: boolean; retry: boolean };
  /** The progress of the selection until it is fixed. The list of a scheduled operation is known, but fixed when it starts. */
  selecting?: { pages: number; sims: number; position?: string };
  /** The part of its stage that ran last, or runs: asking operators for changes, or waiting until they confirm them. */
  phase?: OperationPhase;
  /** The number of consecutive runs of its stage without progress, and the number of results before the last run. */
  vainRuns?: number;
  resultsBefore?: number;
  cancelRequestedAt?: string;
  /** The replacement whose step this operation is. */
  partOf?: OperationId;
  /** A replacement whose last step has started, so that it can no longer be cancelled. */
  isFinal?: boolean;
  requestedBy: string;
  /** The e-mail address in the user's token. Absent for API clients and alarms, and in operations of release 0.1.0. */
  requestedByEmail?: string;
  createdAt: string;
  startedAt?: string;
  finishedAt?: string;
  updatedAt: string;
  version: number;
};

/** The result for one SIM. */
export type SimResult =
  | { iccid: string; outcome: 'succeeded'; warnings?: readonly SimWarning[] | undefined }
  | { iccid: string; outcome: 'failed'; problem: SimProblem };

export function isOperationFinished(operation: Pick<Operation, 'state'>): boolean {
  return !['scheduled', 'queued', 'running'].includes(operation.state);
}

/**
 * The final state of an operation: `cancelled` on request, `succeeded` when no SIM failed (also with an empty selection),
 * `failed` when no SIM succeeded.
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

/** The request for a new operation. `size` is known for a list of SIMs, and for an order whose SIMs have been received. */
export type OperationRequest = Pick<Operation, 'id' | 'action' | 'target' | 'selection' | 'requestedBy'> & {
  requestedByEmail?: string | undefined;
  size?: { pages: number; sims: number } | undefined;
  dryRun?: boolean | undefined;
  /** When it starts; immediately by default. */
  effectiveAt?: string | undefined;
  planStage?: Operation['planStage'];
};

/** A new operation: `queued`, or `scheduled` when it starts later. A scheduled one fixes its selection when it starts. */
export function newOperation(request: OperationRequest, at: string): Operation {
  const { id, action, target, selection, requestedBy, requestedByEmail, size, dryRun, effectiveAt, planStage } =
    request;
  const fixed = size && { total: size.sims, pages: size.pages };
  return {
    id,
    action,
    target,
    selection,
    ...(dryRun ? { dryRun: true, unchanged: 0 } : {}),
    ...(effectiveAt === undefined
      ? { state: 'queued', ...fixed }
      : { state: 'scheduled', effectiveAt, ...(size && selection.kind === 'list' ? { selecting: size } : {}) }),
    succeeded: 0,
    failed: 0,
    ...(planStage ? { planStage } : {}),
    requestedBy,
    ...(requestedByEmail === undefined ? {} : { requestedByEmail }),
    createdAt: at,
    updatedAt: at,
    version: 1,
  };
}

/** The operations of an order's plan, one for each stage, for the SIMs that the order has received. */
export function planOperations(
  order: Pick<Order, 'id' | 'plan' | 'operations' | 'receivedQuantity' | 'requestedBy' | 'requestedByEmail'>,
  pages: number,
  at: string,
): Operation[] {
  const { id: orderId, plan, operations, receivedQuantity, requestedBy, requestedByEmail } = order;
  if (plan === undefined) {
    return [];
  }
  const target = {
    partnerServiceId: plan.partnerServiceId,
    ...(plan.customerId === undefined ? {} : { customerId: plan.customerId }),
    ...(plan.customerServiceId === undefined ? {} : { customerServiceId: plan.customerServiceId }),
  };
  return operations.map(({ stage, operationId }, index) =>
    newOperation(
      {
        id: operationId,
        action: actionOfStage(plan, stage),
        target,
        selection: { kind: 'order', orderId },
        requestedBy,
        requestedByEmail,
        size: { pages, sims: receivedQuantity },
        planStage: { orderId, stage, last: index === operations.length - 1, retry: false },
      },
      at,
    ),
  );
}

/** Whether every SIM has a result, or the operation was cancelled and waits for no operator. */
export function isOperationDone(
  operation: Pick<Operation, 'action' | 'dryRun' | 'total' | 'succeeded' | 'failed' | 'cancelRequestedAt' | 'phase'>,
): boolean {
  const { total, succeeded, failed, cancelRequestedAt } = operation;
  return (
    (total !== undefined && succeeded + failed >= total) ||
    (cancelRequestedAt !== undefined && (operation.phase === undefined || nextPhase(operation) === 'request'))
  );
}

/**
 * The part of its stage that runs next. After operators have been asked for changes, the operation waits until they confirm them;
 * then they are asked about SIMs that they have not been asked about yet.
 */
export function nextPhase({ action, dryRun, phase }: Pick<Operation, 'action' | 'dryRun' | 'phase'>): OperationPhase {
  return phase === 'request' && isOperatorAction(action) && !dryRun ? 'confirm' : 'request';
}

/**
 * The operation as a new execution sees it. SIMs may wait for a confirmation that the previous execution has not finished, so the new one
 * confirms first. Otherwise a cancelled operation would end while its SIMs wait.
 */
export function seenByNewExecution<Seen extends Pick<Operation, 'phase'>>(operation: Seen): Seen {
  return operation.phase === 'confirm' ? { ...operation, phase: 'request' } : operation;
}

/** The number of SIMs that wait for their operator; `undefined` while the operation waits for none. */
export function waitingForOperator({
  state,
  phase,
  total = 0,
  succeeded,
  failed,
}: Pick<Operation, 'state' | 'phase' | 'total' | 'succeeded' | 'failed'>): number | undefined {
  const waiting = total - succeeded - failed;
  return state === 'running' && phase === 'confirm' && waiting > 0 ? waiting : undefined;
}

/** An operation whose stage has run this often in a row without progress is stuck. */
export const MAX_RUNS_WITHOUT_PROGRESS = 10;

/** Whether an operation was running, or was about to, when an execution failed. */
export function wasRunning({ state, planStage }: Pick<Operation, 'state' | 'planStage'>): boolean {
  return !isOperationFinished({ state }) && !(planStage && state === 'queued' && !planStage.retry);
}

/** The size of a selection: the pages of its manifest and the SIMs in them. */
export type SelectionSize = { pages: number; sims: number };

/** Whether all SIMs of an operation are certainly of one operator. */
export function hasOneOperator({ selection, planStage }: Pick<Operation, 'selection' | 'planStage'>): boolean {
  return (
    planStage !== undefined ||
    selection.kind === 'order' ||
    (selection.kind === 'filter' && (selection.filter.operatorId ?? selection.filter.orderId) !== undefined)
  );
}

/** When the work of an operation started; before it has, when the operation was created. */
export function operationStart({ startedAt, createdAt }: Pick<Operation, 'startedAt' | 'createdAt'>): string {
  return startedAt ?? createdAt;
}

/**
 * Whether an operation has waited long enough for an operator that does not answer: a day since its own start and since the last
 * answer.
 */
export function operatorDeadlinePassed(
  operation: Pick<Operation, 'startedAt' | 'createdAt'>,
  silentSince: Date,
  now: Date,
): boolean {
  const since = Math.max(Date.parse(operationStart(operation)), silentSince.getTime());
  return now.getTime() > since + OPERATOR_DEADLINE_MS;
}

/** The failure of an operation that was confirmed for another number of SIMs than were selected. */
export const CONFIRM_MISMATCH = 'confirm_mismatch';

/** Whether a selection is the partner's whole fleet: a filter without any field. Every action on it requires `confirm`. */
export function isWholeFleet(selection: Selection): boolean {
  return selection.kind === 'filter' && Object.values(selection.filter).every((value) => value === undefined);
}

/**
 * The rule: an operation runs only on the number of SIMs that was confirmed. For a whole fleet, fewer SIMs are accepted: the
 * number to confirm is the sum over its orders, and an ICCID that was delivered with two orders is one SIM.
 */
export function isConfirmed(
  { target: { confirm }, selection }: Pick<Operation, 'target' | 'selection'>,
  sims: number,
): boolean {
  return confirm === undefined || confirm === sims || (isWholeFleet(selection) && sims < confirm);
}

/** The maximum number of ICCIDs that a request can select. */
export const MAX_ICCIDS = 10_000;

/** How many days ahead an operation can be scheduled. */
export const MAX_DAYS_AHEAD = 180;

/**
 * When a requested operation starts.
 *
 * @returns `at` in UTC, `undefined` to start immediately (without `effectiveAt`, or when it is in the past), or the problem.
 */
export function startTimeOf(
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

/** The maximum number of concurrent tasks of a stage. Each processes its own pages. */
const MAX_SHARDS = 16;

/** The number of tasks that share the pages of an operation. Shard `s` has the pages whose number modulo this is `s`. */
export function shardsOf({ pages = 0 }: Pick<Operation, 'pages'>): number {
  return Math.min(MAX_SHARDS, pages);
}
