import type { CalendarDay } from './calendar-day.ts';
import { awaitsCancellation, type CancellationOutcome, type Order, rankOf } from './order.ts';

/*
 * A report of the platform's staff may be sent twice, for example when the first answer was lost. It is a repetition when the order
 * already shows everything that it states. Otherwise it contradicts an earlier report.
 */

/** Whether an order has reached a state of its path, or a later one. Orders that left the path have not. */
function hasReached(order: Pick<Order, 'state'>, state: 'accepted' | 'dispatched' | 'delivered'): boolean {
  const rank = rankOf(order);
  return rank >= rankOf({ state }) && rank < Number.POSITIVE_INFINITY;
}

/** Whether the order is known to be accepted with this reference, and with this day of delivery if the report names one. */
export function isKnownAcceptance(
  order: Order,
  { operatorReference, expectedDelivery }: { operatorReference: string; expectedDelivery?: CalendarDay | undefined },
): boolean {
  const { earliest, latest } = order.estimatedDelivery;
  return (
    hasReached(order, 'accepted') &&
    order.operatorReference === operatorReference &&
    (expectedDelivery === undefined || (earliest === expectedDelivery && latest === expectedDelivery))
  );
}

/** Whether the order is known to be rejected for this reason. */
export function isKnownRejection({ state, failure }: Pick<Order, 'state' | 'failure'>, reason: string): boolean {
  return state === 'rejected' && failure?.detail === reason;
}

/** Whether the order is known to be dispatched with this tracking reference and carrier, as far as the report names them. */
export function isKnownDispatch(
  order: Order,
  { trackingReference, carrier }: { trackingReference?: string | undefined; carrier?: string | undefined },
): boolean {
  return (
    hasReached(order, 'dispatched') &&
    (trackingReference === undefined || trackingReference === order.trackingReference) &&
    (carrier === undefined || carrier === order.carrier)
  );
}

/** Whether the order is known to be delivered. */
export function isKnownDelivery(order: Pick<Order, 'state'>): boolean {
  return hasReached(order, 'delivered');
}

/** Whether the operator's last answer to a cancellation was this one, and no newer cancellation awaits an answer. */
export function isKnownCancellationOutcome(order: Order, { outcome, reason }: CancellationOutcome): boolean {
  const { cancelAnswer } = order;
  return !awaitsCancellation(order) && cancelAnswer?.outcome === outcome && cancelAnswer.reason === reason;
}
