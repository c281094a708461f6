import { putHoldingWatch } from '../../adapters/dynamodb/holding-watches.ts';
import { type OrderRecord, operationWrites } from '../../adapters/dynamodb/orders.ts';
import { getPartner } from '../../adapters/dynamodb/partners.ts';
import { newHoldingWatch } from '../../domain/holding-watch.ts';
import type { PartnerId } from '../../domain/ids.ts';
import { planOperations } from '../../domain/operation.ts';
import type { OrderStep } from '../../domain/order.ts';
import { operatorOfOrder } from '../known-operator.ts';
import { applyOrderStep } from './apply-order-step.ts';

/**
 * Delivers an order whose SIMs are all in holding: saves the step, the operations of its plan and the watch over SIMs in holding
 * in one transaction.
 *
 * @param take the transition of the order.
 */
export async function deliverOrder(
  partnerId: PartnerId,
  order: OrderRecord,
  now: Date,
  take: (order: OrderRecord) => OrderStep | undefined,
) {
  const holdingDays = (await getPartner(partnerId))?.holdingDays;
  const operator = await operatorOfOrder(order);
  return applyOrderStep(partnerId, order.id, take, (delivered) => [
    ...operationWrites(partnerId, planOperations(delivered, delivered.pages, delivered.updatedAt)),
    putHoldingWatch(partnerId, delivered.id, newHoldingWatch(operator, now, holdingDays)),
  ]);
}
