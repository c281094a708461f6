import { saveOrderStep } from '../../adapters/dynamodb/orders.ts';
import { recordMetric } from '../../adapters/telemetry/metrics.ts';
import type { Order, OrderEvent } from '../../domain/order.ts';
import { HOUR_MS } from '../../domain/time-units.ts';

/** Saves a step of an order like `saveOrderStep` (adapters/dynamodb/orders.ts), and records its metrics. */
export const applyOrderStep: typeof saveOrderStep = async (...step) => {
  const stepped = await saveOrderStep(...step);
  if (stepped) {
    recordStepMetrics(stepped);
  }
  return stepped;
};

/** Counts the new states of an order. When its plan has activated SIMs, also records the hours since it was placed. */
export function recordStepMetrics({ order, events }: { order: Order; events: readonly OrderEvent[] }): void {
  const operator = order.operatorId;
  for (const { type, to, at } of events) {
    // A resumed order returns to a state that was already counted.
    if (to === undefined || type !== `order.${to}`) {
      continue;
    }
    recordMetric('Orders', 1, { operator, state: to });
    if (to === 'fulfilled' && order.progress.activated > 0) {
      recordMetric('HoursToActive', (Date.parse(at) - Date.parse(order.createdAt)) / HOUR_MS, { operator });
    }
  }
}
