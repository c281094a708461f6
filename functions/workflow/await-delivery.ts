import * as z from 'zod/mini';
import { awaitDelivery } from '../../use-cases/orders/await-delivery.ts';
import { createTask, orderInput } from '../background/task.ts';

/** Makes the execution of an order await the delivery. */
export const handler = createTask(
  z.extend(orderInput, { taskToken: z.string() }),
  async ({ partnerId, id, taskToken }) => {
    await awaitDelivery(partnerId, id, taskToken);
    return {};
  },
);
