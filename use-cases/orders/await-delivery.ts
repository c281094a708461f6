import { storeTaskToken } from '../../adapters/dynamodb/orders.ts';
import { answerTask } from '../../adapters/step-functions.ts';
import { isWithOperator } from '../../domain/order.ts';
import { deliveryOutcome } from './delivery-outcome.ts';

/**
 * Has an execution await the delivery of its order: stores the execution's token, which the poller answers. When the order
 * is no longer with its operator, because the poller was faster, answers the token at once.
 */
export async function awaitDelivery(partnerId: string, orderId: string, taskToken: string): Promise<void> {
  const order = await storeTaskToken(partnerId, orderId, taskToken);
  if (order && !isWithOperator(order)) {
    await answerTask(taskToken, deliveryOutcome(order));
  }
}
