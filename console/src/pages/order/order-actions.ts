import { cancelProblem, planChangeProblem } from '../../../../domain/order.ts';
import type { Order } from '../orders/queries.ts';

/** Whether the plan of an order can still be set, replaced or removed. */
export function mayChangePlan(order: Pick<Order, 'state'>): boolean {
  return planChangeProblem(order) === undefined;
}

/** Whether an order can still be cancelled, and nobody has requested it yet. */
export function mayBeCancelled(order: Pick<Order, 'state' | 'progress' | 'cancelRequestedBy'>): boolean {
  return order.cancelRequestedBy === undefined && cancelProblem(order) === undefined;
}
