import type { OrderRecord } from '../../adapters/dynamodb/orders.ts';
import { firstRun } from '../../adapters/dynamodb/runs.ts';
import type { OrderId, PartnerId } from '../../domain/ids.ts';
import { markOrderResumed } from '../../domain/order-steps.ts';
import { orNotFound, Refusal } from '../refusal.ts';
import { startExecution } from '../start-execution.ts';
import { applyOrderStep } from './apply-order-step.ts';

/**
 * Resumes a failed order: it continues in the state in which it failed, with a new execution.
 *
 * @throws Refusal `not_found`
 * @throws Refusal `wrong_state` when the order has not failed.
 */
export async function resumeOrder(
  partnerId: PartnerId,
  id: OrderId,
  { actor, now }: { actor: string; now: Date },
): Promise<OrderRecord> {
  const stepped = await applyOrderStep(partnerId, id, (order) => {
    const step = markOrderResumed(order, actor, now.toISOString());
    const nextRun = { ...firstRun(now), runAttempt: order.runAttempt + 1 };
    return step && { ...step, order: { ...step.order, ...nextRun } };
  });
  const { order, taken } = orNotFound(stepped, 'order', id);
  if (!taken) {
    throw new Refusal('wrong_state', `The order is ${order.state}. Only failed orders can be resumed.`);
  }
  await startExecution({ kind: 'order', partnerId, id }, order.runAttempt);
  return order;
}
