import { clock } from '../../adapters/clock.ts';
import { getOrder, type OrderRecord } from '../../adapters/dynamodb/orders.ts';
import { logger } from '../../adapters/telemetry/logger.ts';
import type { OrderId, PartnerId } from '../../domain/ids.ts';
import { OperatorUnavailable } from '../../domain/operator-port.ts';
import { awaitsStaff, isWithOperator } from '../../domain/order.ts';
import { markOrderAccepted, markOrderRejected } from '../../domain/order-steps.ts';
import { hasIdempotentOrders, operatorOf } from '../operator-gateway.ts';
import { applyOrderStep } from './apply-order-step.ts';
import { submitUnrepeatableOrder } from './submit-unrepeatable-order.ts';

/** The next step of an order's execution. */
export type NextStep = 'await' | 'receive' | 'stages' | 'end';

/**
 * Submits an order to its operator, once: the operator recognises a repeated order by its id, or `submit-unrepeatable-order.ts`
 * sends the order at most once.
 *
 * A manual order waits for the platform's staff, who submit it and report what happens.
 *
 * 1. If an earlier execution has submitted the order, continue from the order's state.
 * 2. Submit the order and record the operator's answer.
 * 3. If the order was cancelled here in the meantime, cancel it at the operator.
 */
export async function submitOrder(partnerId: PartnerId, id: OrderId): Promise<NextStep> {
  const order = await getOrder(partnerId, id);
  switch (order?.state) {
    case 'submitted':
      return awaitsStaff(order) ? 'await' : submit(partnerId, order);
    case 'accepted':
    case 'processing':
    case 'dispatched':
      return order.arrivedAt ? 'receive' : 'await';
    case 'delivered':
      return 'stages';
    case 'cancelled':
      if (order.ordering !== 'manual') {
        await cancelAtOperator(order);
      }
      return 'end';
    default:
      return 'end';
  }
}

async function submit(partnerId: PartnerId, order: OrderRecord): Promise<NextStep> {
  const { id: orderId, quantity, deliveryAddress, productId, contact, requestedDeliveryDate } = order;
  const submission = { orderId, quantity, deliveryAddress, productId, contact, requestedDeliveryDate };
  const operator = operatorOf(order.operatorId);
  if (!(await hasIdempotentOrders(order.operatorId))) {
    return nextAfter(await submitUnrepeatableOrder(partnerId, order, submission, operator));
  }
  const answer = await operator.submitOrder(submission);
  const at = clock.now().toISOString();
  const stepped = await applyOrderStep(partnerId, orderId, (current) =>
    answer.outcome === 'accepted'
      ? markOrderAccepted(current, answer.operatorReference, at)
      : markOrderRejected(current, answer.reason, at),
  );
  if (stepped?.order.state === 'cancelled') {
    await cancelAtOperator(stepped.order);
  }
  return stepped?.order.state === 'accepted' ? 'await' : 'end';
}

/** @throws OperatorUnavailable for an order that was not sent: its cancellation or another attempt is in progress */
function nextAfter(order: OrderRecord | undefined): NextStep {
  if (order?.state === 'submitted' && !order.outcomeUnknown) {
    throw new OperatorUnavailable(`${order.id}: not sent, because its cancellation or another attempt is in progress.`);
  }
  return order && isWithOperator(order) ? 'await' : 'end';
}

async function cancelAtOperator(order: OrderRecord): Promise<void> {
  const answer = await operatorOf(order.operatorId).cancelOrder(order);
  if (answer.outcome === 'refused') {
    logger.error('cancellation refused by the operator', { reason: answer.reason });
  }
}
