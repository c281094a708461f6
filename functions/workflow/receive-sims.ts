import { receiveSims } from '../../use-cases/orders/receive-sims.ts';
import { createTask, orderInput } from '../background/task.ts';

/** Receives the SIMs of an order. */
export const handler = createTask(orderInput, async ({ partnerId, id }, hasTime) => ({
  goTo: await receiveSims(partnerId, id, hasTime),
}));
