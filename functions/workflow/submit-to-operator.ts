import { submitOrder } from '../../use-cases/orders/submit-order.ts';
import { createTask, orderInput } from '../background/task.ts';

/** Submits an order to its operator. */
export const handler = createTask(orderInput, async ({ partnerId, id }) => ({
  goTo: await submitOrder(partnerId, id),
}));
