import { clock } from '../../adapters/clock.ts';
import { getOrder, type OrderRecord } from '../../adapters/dynamodb/orders.ts';
import { logger } from '../../adapters/telemetry/logger.ts';
import { markOrderAccepted, markOrderRejected } from '../../domain/order.ts';
import { operatorOf } from '../../use-cases/operators.ts';
import { applyOrderStep } from '../../use-cases/orders/apply-order-step.ts';
import { createTask, itemInput } from '../background/task.ts';

/** Where an order goes on from the state that it is in. */
type GoTo = { goTo: 'await' | 'receive' | 'stages' | 'end' };

/**
 * Submits an order to its operator, once: the operator knows it by our id. An order that is further along already (the
 * execution is not its first) goes on from there.
 */
export const handler = createTask(itemInput, async ({ partnerId, id }): Promise<GoTo> => {
  const order = await getOrder(partnerId, id);
  switch (order?.state) {
    case 'submitted':
      return submit(partnerId, order);
    case 'accepted':
    case 'processing':
    case 'dispatched':
      return { goTo: order.arrivedAt ? 'receive' : 'await' };
    case 'delivered':
      return { goTo: 'stages' };
    case 'cancelled':
      await callOff(order);
      return { goTo: 'end' };
    default:
      return { goTo: 'end' };
  }
});

async function submit(partnerId: string, order: OrderRecord): Promise<GoTo> {
  const { id: orderId, quantity, deliveryAddress } = order;
  const answer = await operatorOf(order.operatorId).submitOrder({ orderId, quantity, deliveryAddress });
  const at = clock.now().toISOString();
  const stepped = await applyOrderStep(partnerId, orderId, (current) =>
    answer.outcome === 'accepted'
      ? markOrderAccepted(current, answer.operatorReference, at)
      : markOrderRejected(current, answer.reason, at),
  );
  if (stepped?.order.state === 'cancelled') {
    // Cancelled while it was on its way to the operator, who has it now.
    await callOff(stepped.order);
  }
  return { goTo: stepped?.order.state === 'accepted' ? 'await' : 'end' };
}

async function callOff(order: OrderRecord): Promise<void> {
  const answer = await operatorOf(order.operatorId).cancelOrder(order.id);
  if (answer.outcome === 'refused') {
    logger.error('operator delivers a cancelled order', { reason: answer.reason });
  }
}
