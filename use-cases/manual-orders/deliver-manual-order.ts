import type { OrderRecord } from '../../adapters/dynamodb/orders.ts';
import { newId, type OrderId, type PartnerId } from '../../domain/ids.ts';
import { markManuallyDelivered } from '../../domain/order-steps.ts';
import { isKnownDelivery } from '../../domain/repeated-reports.ts';
import { deliverOrder } from '../orders/deliver-order.ts';
import { orNotFound } from '../refusal.ts';
import { readManualOrder, requireAnsweredCancellation, requireCompleteFiles, wrongState } from './manual-order.ts';
import { resumeExecution } from './report-progress.ts';

/**
 * Records that a manual order has arrived at the partner, with the SIMs that were loaded. Fewer than ordered are a shortfall.
 * A repeated report changes nothing.
 *
 * 1. Deliver the order: create the operations of its plan and the watch over SIMs in holding.
 * 2. Resume the execution, which runs the plan.
 *
 * @throws Refusal `not_found`, `not_manual`
 * @throws Refusal `wrong_state` when the operator has not accepted the order, or the order has ended.
 * @throws Refusal `conflict` while a file of the order is being loaded, `wrong_state` after one was interrupted.
 */
export async function deliverManualOrder(partnerId: PartnerId, id: OrderId, now: Date): Promise<OrderRecord> {
  const order = await readManualOrder(partnerId, id);
  const at = now.toISOString();
  const stepped = await deliverOrder(partnerId, order, now, (current) => {
    if (isKnownDelivery(current)) {
      return undefined;
    }
    requireAnsweredCancellation(current);
    requireCompleteFiles(current);
    return markManuallyDelivered(current, () => newId('operation', now), at);
  });
  const { order: after, taken } = orNotFound(stepped, 'order', id);
  if (!taken && !isKnownDelivery(after)) {
    const rule =
      after.state === 'submitted' ? 'Accept it first.' : 'Only accepted or dispatched orders can be delivered.';
    throw wrongState(after, rule);
  }
  await resumeExecution(after);
  return after;
}
