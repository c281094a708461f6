import type { OrderRecord } from '../../adapters/dynamodb/orders.ts';
import { newId } from '../../domain/ids.ts';
import { markManuallyDelivered } from '../../domain/order-steps.ts';
import { deliverOrder } from '../orders/deliver-order.ts';
import { Refusal } from '../refusal.ts';
import { readManualOrder, requireAnsweredCancellation, requireCompleteFiles } from './manual-order.ts';
import { resumeExecution } from './report-progress.ts';

/**
 * Records that a manual order has arrived at the partner, with the SIMs that were loaded. Fewer than ordered are a shortfall.
 *
 * 1. Deliver the order: create the operations of its plan and the watch over SIMs in holding.
 * 2. Resume the execution, which runs the plan.
 *
 * @throws Refusal `not_found`, `not_manual`
 * @throws Refusal `wrong_state` when the operator has not accepted the order, or the order has ended.
 * @throws Refusal `conflict` while a file of the order is being loaded, `wrong_state` after one was interrupted.
 */
export async function deliverManualOrder(partnerId: string, id: string, now: Date): Promise<OrderRecord> {
  const order = await readManualOrder(partnerId, id);
  const at = now.toISOString();
  const stepped = await deliverOrder(partnerId, order, now, (current) => {
    requireAnsweredCancellation(current);
    requireCompleteFiles(current);
    return markManuallyDelivered(current, () => newId('operation', now), at);
  });
  if (!stepped?.taken) {
    const hint =
      order.state === 'submitted' ? 'Accept it first.' : 'Only accepted or dispatched orders can be delivered.';
    throw new Refusal('wrong_state', `The order is ${stepped?.order.state ?? order.state}. ${hint}`);
  }
  await resumeExecution(stepped.order);
  return stepped.order;
}
