import { getOrder, type OrderRecord } from '../../adapters/dynamodb/orders.ts';
import type { OrderId, PartnerId } from '../../domain/ids.ts';
import { awaitsCancellation, type Order } from '../../domain/order.ts';
import { orNotFound, Refusal } from '../refusal.ts';

/** The refusal for an order or operator that an API handles. @param what the subject of the sentence, with its verb. */
export function notManual(what: string): Refusal {
  return new Refusal('not_manual', `${what} over the operator's API. The platform's staff handle only manual orders.`);
}

/**
 * @param require which orders are permitted.
 * @throws Refusal `not_found`, `not_manual`
 */
export async function readManualOrder(
  partnerId: PartnerId,
  id: OrderId,
  require: (order: OrderRecord) => void = requireManual,
): Promise<OrderRecord> {
  const order = orNotFound(await getOrder(partnerId, id), 'order', id);
  require(order);
  return order;
}

/** @throws Refusal `not_manual` for an order that the staff cannot accept or reject: its operator has answered, or will answer */
export function requireDecision(order: Pick<Order, 'ordering' | 'outcomeUnknown'>): void {
  if (!order.outcomeUnknown) {
    requireManual(order);
  }
}

/** @throws Refusal `not_manual` */
export function requireManual({ ordering }: Pick<Order, 'ordering'>): void {
  if (ordering !== 'manual') {
    throw notManual('This order was placed');
  }
}

/**
 * While a file is loaded, and until an interrupted one is sent again, SIMs may be missing in the order.
 *
 * @throws Refusal `conflict`, `wrong_state`
 */
export function requireCompleteFiles({ loadingUntil }: OrderRecord): void {
  if (loadingUntil === undefined) {
    return;
  }
  if (loadingUntil > Date.now()) {
    throw new Refusal('conflict', 'A file of this order is being loaded. Try again in a minute.');
  }
  throw new Refusal('wrong_state', 'The last file of this order was interrupted. Send it again first.');
}

/** The staff answer a cancellation first, so that its task never stays open. @throws Refusal `wrong_state` */
export function requireAnsweredCancellation(order: OrderRecord): void {
  if (awaitsCancellation(order)) {
    throw new Refusal(
      'wrong_state',
      'The partner has requested the cancellation of the order. Record the operator’s answer first: POST …/cancel with outcome "cancelled" or "refused".',
    );
  }
}

/** The refusal of a report that the state of the order does not permit. @param rule the sentence that says when it is permitted. */
export function wrongState({ state }: Pick<Order, 'state'>, rule: string): Refusal {
  const hint =
    state === 'failed'
      ? 'Resume it first: redrive it with npm run redrive, or its partner resumes it with POST /v1/orders/{id}/resume.'
      : rule;
  return new Refusal('wrong_state', `The order is ${state}. ${hint}`);
}
