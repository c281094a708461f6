import { saveOrderStep as stepOrderInTable } from '../../adapters/dynamodb/orders.ts';
import { recordMetric } from '../../adapters/telemetry/metrics.ts';
import { HOUR_MS } from '../../domain/durations.ts';
import type { OrderEvent, OrderStep } from '../../domain/order.ts';

/** Takes a step of an order as `stepOrder` of adapters/dynamodb/orders.ts does, and measures what it brought about. */
export const applyOrderStep: typeof stepOrderInTable = async (...asked) => {
  const stepped = await stepOrderInTable(...asked);
  if (stepped) {
    recordStepMetrics(stepped);
  }
  return stepped;
};

type Told = { order: OrderStep['order']; events: readonly OrderEvent[] };

/** Counts the states that an order came to; and when its plan is carried out and has activated SIMs, how long that took. */
export function recordStepMetrics({ order, events }: Told): void {
  const operator = order.operatorId;
  for (const { type, to, at } of events) {
    // An order that is resumed comes back to a state that it was counted in.
    if (to === undefined || type !== `order.${to}`) {
      continue;
    }
    recordMetric('Orders', 1, { operator, state: to });
    if (to === 'fulfilled' && order.progress.activated > 0) {
      recordMetric('HoursToActive', (Date.parse(at) - Date.parse(order.createdAt)) / HOUR_MS, { operator });
    }
  }
}
