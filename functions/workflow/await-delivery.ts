import * as z from 'zod/mini';
import { storeTaskToken } from '../../adapters/dynamodb/orders.ts';
import { answerTask } from '../../adapters/step-functions.ts';
import { isWithOperator } from '../../domain/order.ts';
import { deliveryOutcome } from '../../use-cases/orders/delivery-outcome.ts';
import { createTask, itemInput } from '../background/task.ts';

/**
 * Keeps the token of the waiting execution on the order; the poller answers it. The poller may have been first: then
 * what it wrote is on the order already, and the answer is given here.
 */
export const handler = createTask(
  z.extend(itemInput, { taskToken: z.string() }),
  async ({ partnerId, id, taskToken }) => {
    const order = await storeTaskToken(partnerId, id, taskToken);
    if (order && !isWithOperator(order)) {
      await answerTask(taskToken, deliveryOutcome(order));
    }
    return {};
  },
);
