import * as z from 'zod/mini';
import { keepTaskToken } from '../../adapters/dynamodb/orders.ts';
import { answerTask } from '../../adapters/step-functions.ts';
import { isWithOperator } from '../../domain/order.ts';
import { deliveryAnswer } from '../delivery-answer.ts';
import { itemInput, task } from './task.ts';

/**
 * Keeps the token of the waiting execution on the order; the poller answers it. The poller may have been first: then
 * what it wrote is on the order already, and the answer is given here.
 */
export const handler = task(z.extend(itemInput, { taskToken: z.string() }), async ({ partnerId, id, taskToken }) => {
  const order = await keepTaskToken(partnerId, id, taskToken);
  if (order && !isWithOperator(order)) {
    await answerTask(taskToken, deliveryAnswer(order));
  }
  return {};
});
