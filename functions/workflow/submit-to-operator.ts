import { submitOrder } from '../../use-cases/orders/submit-order.ts';
import { createTask, itemInput } from '../background/task.ts';

/** Submits an order to its operator. */
export const handler = createTask(itemInput, async ({ partnerId, id }) => ({ goTo: await submitOrder(partnerId, id) }));
