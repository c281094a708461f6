import type { DeliveryAnswer } from '../../adapters/step-functions.ts';
import { isFinished, type Order } from '../../domain/order.ts';

/** What the execution that awaited delivery is told, once the order is no longer with its operator. */
export function deliveryOutcome(order: Order): DeliveryAnswer {
  return { goTo: isFinished(order) ? 'end' : 'receive' };
}
