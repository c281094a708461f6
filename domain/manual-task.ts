import { asId, type ManualTaskId, type OperationId, type OperatorId, type OrderId, type PartnerId } from './ids.ts';
import type { SimAnswer } from './operator-port.ts';
import type { Order } from './order.ts';
import { type OperatorAction, operatorVerb, statusAfter } from './sim-changes.ts';

/** What the platform's staff do at an operator without an API. */
export const manualActions = ['activate', 'test', 'suspend', 'resume', 'terminate', 'cancel_order'] as const;

export type ManualAction = (typeof manualActions)[number];

export const manualTaskStates = ['open', 'done'] as const;

export type ManualTaskState = (typeof manualTaskStates)[number];

/** A task of the platform's staff. */
export type ManualTask = {
  id: ManualTaskId;
  operatorId: OperatorId;
  partnerId: PartnerId;
  action: ManualAction;
  /** The number of SIMs of the task. */
  count: number;
  orderId?: OrderId;
  /** The operation whose SIMs the operator changes. */
  operationId?: OperationId;
  createdAt: string;
  state: ManualTaskState;
  doneAt?: string;
  /** Who completed the task. */
  doneBy?: string;
};

/** The maximum number of SIMs that a completion names as refused. */
export const MAX_REFUSED = 5000;

/** A SIM that the operator refused to change, and why. */
export type RefusedSim = { iccid: string; reason: string };

/** Whether a completion repeats an earlier one: it names the same refused SIMs with the same reasons, in any order. */
export function isSameCompletion(recorded: ReadonlyMap<string, string>, refused: readonly RefusedSim[]): boolean {
  return refused.length === recorded.size && refused.every(({ iccid, reason }) => recorded.get(iccid) === reason);
}

/** The task to ask an operator to cancel a manual order. */
export function cancellationTask(
  partnerId: PartnerId,
  order: Pick<Order, 'id' | 'operatorId' | 'quantity' | 'updatedAt'>,
  id: ManualTaskId,
): ManualTask {
  return {
    id,
    operatorId: order.operatorId,
    partnerId,
    action: 'cancel_order',
    count: order.quantity,
    orderId: order.id,
    createdAt: order.updatedAt,
    state: 'open',
  };
}

/** Identifies a task among those of an operation. Numbers begin with 1. */
export type ChangeTaskKey = {
  partnerId: PartnerId;
  operationId: OperationId;
  operatorId: OperatorId;
  action: OperatorAction;
  number: number;
};

/**
 * The task to make an operation's changes at an operator, without SIMs. Its id is derived from the operation, so that concurrent
 * shards of the operation add their SIMs to the same task, and tasks sort by the time of their operation.
 */
export function changeTask({ number, ...fields }: ChangeTaskKey, at: string): ManualTask {
  const { operationId, operatorId } = fields;
  const id = asId('manualTask', `tsk_${operationId.slice(operationId.indexOf('_') + 1)}-${operatorId}-${number}`);
  return { id, ...fields, action: operatorVerb[fields.action], count: 0, createdAt: at, state: 'open' };
}

/** The task to put the bars of a SIM right after an operation: a change was made that is no longer wanted. */
export function correctionTask(
  {
    iccid,
    barred,
    ...fields
  }: { partnerId: PartnerId; operationId: OperationId; operatorId: OperatorId; iccid: string; barred: boolean },
  at: string,
): ManualTask {
  const { id } = changeTask({ ...fields, action: 'suspend', number: 0 }, at);
  return {
    ...fields,
    id: asId('manualTask', `${id}-${iccid}`),
    action: barred ? 'suspend' : 'resume',
    count: 0,
    createdAt: at,
    state: 'open',
  };
}

/** The task after it was done. */
export function completed(task: ManualTask, actor: string, at: string): ManualTask {
  return { ...task, state: 'done', doneAt: at, doneBy: actor };
}

/**
 * The answer of an operator about a SIM of a task, as the staff reported it: a SIM of a task that is done has been changed, unless
 * the operator refused.
 */
export function manualAnswer({ action, state }: ManualTask, iccid: string, refused: string | undefined): SimAnswer {
  if (state === 'open' || action === 'cancel_order') {
    return { iccid, status: 'pending' };
  }
  return refused === undefined ? { iccid, status: statusAfter[action] } : { iccid, status: 'refused', reason: refused };
}
