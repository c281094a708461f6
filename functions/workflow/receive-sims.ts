import { receiveSims } from '../../use-cases/orders/receive-sims.ts';
import { createTask, itemInput } from '../background/task.ts';

/** Receives the SIMs of an order. */
export const handler = createTask(itemInput, async ({ partnerId, id }, hasTime) => ({
  goTo: await receiveSims(partnerId, id, hasTime),
}));
