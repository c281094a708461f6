import { type ManualOrder, queryManualOrders, readManualOrders } from '../../adapters/dynamodb/manual-orders.ts';
import { asId, type OperatorId, type PartnerId } from '../../domain/ids.ts';
import { canLoseOrders } from '../../domain/operator-capabilities.ts';
import { type OrderState, orderStates } from '../../domain/order.ts';
import type { PageRequest } from '../fill-page.ts';
import { knownOperator } from '../known-operator.ts';
import { notManual } from './manual-order.ts';

/** Orders of a state that are read for a filtered page. If few match, the page is shorter and still has a next page. */
const FILTERED_READ = 1000;

/** Filters of the list; `undefined` for all. */
type Filter = {
  operatorId?: OperatorId | undefined;
  partnerId?: PartnerId | undefined;
  state?: OrderState | undefined;
};

/**
 * A page of the manual orders of all partners, oldest first, and of orders over an API whose outcome is unknown.
 *
 * @throws Refusal `invalid_input` for an operator that does not exist, `not_manual` for one that takes orders by API
 */
export async function listManualOrders(
  { operatorId, partnerId, state }: Filter,
  { limit, after }: PageRequest,
): Promise<{ items: ManualOrder[]; next?: string }> {
  if (operatorId !== undefined) {
    const operator = await knownOperator(operatorId, '/query/operatorId');
    if (operator.ordering !== 'manual' && !canLoseOrders(operator)) {
      throw notManual(`${operator.name} takes orders`);
    }
  }
  const states = state === undefined ? orderStates : [state];
  const isFiltered = operatorId !== undefined || partnerId !== undefined;
  const size = isFiltered ? FILTERED_READ : limit + 1;
  const read = await Promise.all(
    states.map((each) => queryManualOrders(each, size, after === undefined ? undefined : asId('order', after))),
  );
  // Ids sort by time. Behind the end of a full list there may be more of its state, so the page ends there.
  const ends = read.flatMap((refs) => (refs.length < size ? [] : (refs.at(-1)?.orderId ?? [])));
  const end = ends.sort()[0];
  // An order that changes its state between two queries is in both.
  const distinct = new Map(read.flat().map((ref) => [ref.orderId, ref]));
  const found = [...distinct.values()]
    .filter(({ orderId }) => end === undefined || orderId <= end)
    .sort((one, other) => (one.orderId < other.orderId ? -1 : 1));
  const matching = found.filter(
    (ref) =>
      (operatorId === undefined || ref.operatorId === operatorId) &&
      (partnerId === undefined || ref.partnerId === partnerId),
  );
  const refs = matching.slice(0, limit);
  const next = matching.length > limit ? refs.at(-1)?.orderId : end;
  return { items: await readManualOrders(refs), ...(next === undefined ? {} : { next }) };
}
