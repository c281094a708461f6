import type { ManualTaskId, OperatorId, OrderId, PartnerId } from './ids.ts';

import type { Order } from './order.ts';

/** What the platform's staff do at an operator without an API. */
export const manualActions = ['activate', 'suspend', 'resume', 'terminate', 'cancel_order'] as const;

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
  createdAt: string;
  state: ManualTaskState;
  doneAt?: string;
  /** Who completed the task. */
  doneBy?: string;
};

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

/** The task after it was done. */
export function completed(task: ManualTask, actor: string, at: string): ManualTask {
  return { ...task, state: 'done', doneAt: at, doneBy: actor };
}
