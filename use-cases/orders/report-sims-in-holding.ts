import { clock } from '../../adapters/clock.ts';
import { ConditionFailed } from '../../adapters/dynamodb/conditions.ts';
import { endHoldingWatch, getHoldingWatch, removeHoldingWatch } from '../../adapters/dynamodb/holding-watches.ts';
import { listSims } from '../../adapters/dynamodb/sim-lists.ts';
import { recordMetric } from '../../adapters/telemetry/metrics.ts';
import { describeWaitingSims, type WaitingSims } from '../../domain/holding-watch.ts';
import type { OrderId, PartnerId } from '../../domain/ids.ts';
import { recordWaitingSims } from '../../domain/order-steps.ts';
import { applyOrderStep } from './apply-order-step.ts';

/** The number up to which SIMs are counted exactly. */
const MAX_COUNTED = 1000;

/**
 * Reports SIMs of an order that are still in holding when its watch is due, because the partner is charged for them on the
 * wrong service.
 *
 * 1. Count the order's SIMs in holding.
 * 2. Add an event to the order and end the watch in one transaction, so that an order is reported once.
 */
export async function reportSimsInHolding(partnerId: PartnerId, orderId: OrderId): Promise<void> {
  const watch = await getHoldingWatch(partnerId, orderId);
  if (!watch) {
    return;
  }
  const waiting = await countSimsInHolding(partnerId, orderId);
  if (waiting.found === 0) {
    await endHoldingWatch(partnerId, orderId);
    return;
  }
  const stepped = await reportUnlessEnded(partnerId, orderId, waiting, watch.days);
  if (stepped) {
    recordMetric('SimsWaitingInHolding', waiting.found, { operator: stepped.order.operatorId });
  }
}

/** @returns `undefined` when a concurrent run has reported the order already. */
async function reportUnlessEnded(partnerId: PartnerId, orderId: OrderId, waiting: WaitingSims, days: number) {
  const at = clock.now().toISOString();
  try {
    return await applyOrderStep(
      partnerId,
      orderId,
      (order) => recordWaitingSims(order, describeWaitingSims(waiting), days, at),
      () => [removeHoldingWatch(partnerId, orderId)],
    );
  } catch (error) {
    if (error instanceof ConditionFailed) {
      return undefined;
    }
    throw error;
  }
}

async function countSimsInHolding(partnerId: PartnerId, orderId: OrderId): Promise<WaitingSims> {
  let found = 0;
  let after: string | undefined;
  do {
    const { items, next } = await listSims(partnerId, { orderId, state: 'in_holding' }, MAX_COUNTED - found, after);
    found += items.length;
    after = next;
  } while (after !== undefined && found < MAX_COUNTED);
  return { found, more: after !== undefined };
}
