import type { DeliveryAnswer } from '../../adapters/step-functions.ts';
import { isFinished, type Order } from '../../domain/order.ts';

/** The answer to the execution that awaits the delivery of an order, once the order is no longer with its operator. */
export function deliveryOutcome(order: Order): DeliveryAnswer {
  return { goTo: isFinished(order) ? 'end' : 'receive' };
}
