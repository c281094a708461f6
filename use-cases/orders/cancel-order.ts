import { putManualTask } from '../../adapters/dynamodb/manual-tasks.ts';
import type { OrderRecord } from '../../adapters/dynamodb/orders.ts';
import { answerTask } from '../../adapters/step-functions.ts';
import type { ManualTaskId, OrderId, PartnerId } from '../../domain/ids.ts';
import { cancellationTask } from '../../domain/manual-task.ts';
import { type CancelAnswer, OperatorUnavailable } from '../../domain/operator-port.ts';
import {
  awaitsCancellation,
  cancelProblem,
  isUnconfirmed,
  isWithManualOperator,
  type Order,
  type OrderStep,
} from '../../domain/order.ts';
import { markCancellationRefused, markOrderCancelled, requestOrderCancellation } from '../../domain/order-steps.ts';
import { operatorOf } from '../operator-gateway.ts';
import { orNotFound, Refusal } from '../refusal.ts';
import { applyOrderStep } from './apply-order-step.ts';

/**
 * Cancels an order before dispatch.
 *
 * A manual order that was not accepted yet is cancelled at once. After that, the platform's staff get a task to ask the operator,
 * and the order continues until they answer (manual-orders/report-progress.ts).
 *
 * 1. Record the request for cancellation.
 * 2. Ask the operator, which may have the order already and may refuse. While the submission of the order is in progress,
 *    the workflow cancels it at the operator afterwards (submit-order.ts).
 * 3. Record the operator's answer.
 * 4. End the execution that awaits the delivery.
 *
 * @throws Refusal `not_found`
 * @throws Refusal `wrong_state` when SIMs have been received, the order was dispatched, or it has ended.
 * @throws Refusal `operator_refused`: the order continues.
 * @throws Refusal `operator_unavailable` when the operator did not respond, or has not confirmed the order yet.
 */
export async function cancelOrder(
  partnerId: PartnerId,
  id: OrderId,
  { actor, now, newTaskId }: { actor: string; now: Date; newTaskId: () => ManualTaskId },
): Promise<OrderRecord> {
  const at = now.toISOString();
  const requested = orNotFound(
    await applyOrderStep(
      partnerId,
      id,
      (order) => cancelOrRequest(order, actor, at, newTaskId),
      (order) => (order.cancelTaskId ? [putManualTask(cancellationTask(partnerId, order, order.cancelTaskId))] : []),
    ),
    'order',
    id,
  );
  if (awaitsCancellation(requested.order)) {
    return requested.order;
  }
  if (requested.taken && requested.order.state === 'cancelled') {
    return endExecution(requested.order);
  }
  if (!requested.taken) {
    throw new Refusal('wrong_state', cancelProblem(requested.order)?.detail ?? '');
  }
  const answer = await requestCancellation(requested.order);
  if (answer.outcome === 'refused') {
    const detail = `The operator refused to cancel the order: ${answer.reason}`;
    await applyOrderStep(partnerId, id, (order) => markCancellationRefused(order, detail, at));
    throw new Refusal('operator_refused', detail);
  }
  const cancelled = await applyOrderStep(partnerId, id, (order) => markOrderCancelled(order, actor, at));
  // The poller may have recorded another state meanwhile.
  if (cancelled?.order.state !== 'cancelled') {
    throw new Refusal('wrong_state', `The order is now ${cancelled?.order.state}.`);
  }
  return endExecution(cancelled.order);
}

/** Cancels a manual order that its operator does not have yet; otherwise records the request. */
function cancelOrRequest(
  order: OrderRecord,
  actor: string,
  at: string,
  newTaskId: () => ManualTaskId,
): OrderStep | undefined {
  if (awaitsCancellation(order)) {
    return undefined;
  }
  requireNoFile(order);
  requireConfirmed(order);
  if (order.ordering === 'manual' && order.state === 'submitted') {
    return markOrderCancelled(order, actor, at);
  }
  return requestOrderCancellation(order, actor, at, isWithManualOperator(order) ? newTaskId() : undefined);
}

/** A file that is being loaded, or was interrupted, has SIMs of the order. */
function requireNoFile({ loadingUntil }: OrderRecord): void {
  if (loadingUntil !== undefined) {
    throw new Refusal('wrong_state', 'SIMs of the order are being received, so it cannot be cancelled.');
  }
}

/** It is not known whether the operator has the order, so the order cannot be cancelled. */
function requireConfirmed(order: OrderRecord): void {
  if (isUnconfirmed(order)) {
    const detail =
      'The order was sent to the operator, which has not confirmed it yet. It can be cancelled once it is accepted. Try again later.';
    throw new Refusal('operator_unavailable', detail, { retryAfterSeconds: 300 });
  }
}

async function endExecution(order: OrderRecord): Promise<OrderRecord> {
  if (order.taskToken) {
    await answerTask(order.taskToken, { goTo: 'end' });
  }
  return order;
}

async function requestCancellation(order: Order): Promise<CancelAnswer> {
  try {
    return await operatorOf(order.operatorId).cancelOrder(order);
  } catch (error) {
    if (error instanceof OperatorUnavailable) {
      const detail =
        'The operator did not respond, so the order could not be cancelled. Nothing was changed. Try again later.';
      throw new Refusal('operator_unavailable', detail, { retryAfterSeconds: 30 });
    }
    throw error;
  }
}
