import { storeTaskToken } from '../../adapters/dynamodb/orders.ts';
import { answerTask } from '../../adapters/step-functions.ts';
import type { OrderId, PartnerId } from '../../domain/ids.ts';
import { isWithOperator } from '../../domain/order.ts';
import { deliveryOutcome } from './delivery-outcome.ts';

/**
 * Makes an execution await the delivery of its order: stores the execution's token, which the poller answers. If the poller
 * was faster and the order is no longer with its operator, answers the token immediately.
 */
export async function awaitDelivery(partnerId: PartnerId, orderId: OrderId, taskToken: string): Promise<void> {
  const order = await storeTaskToken(partnerId, orderId, taskToken);
  if (order && !isWithOperator(order)) {
    await answerTask(taskToken, deliveryOutcome(order));
  }
}
