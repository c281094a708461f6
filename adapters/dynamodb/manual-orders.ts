import type { OperatorId, OrderId, PartnerId } from '../../domain/ids.ts';
import { awaitsStaff, type Order, type OrderState } from '../../domain/order.ts';
import { itemKinds } from './item-kinds.ts';
import type { OrderRecord } from './orders.ts';
import { query } from './queries.ts';
import { getMany } from './reads.ts';
import { put, remove, type Write } from './write-requests.ts';

/** A manual order of some partner, as the list of the platform's staff refers to it. */
type ManualOrderRef = { orderId: OrderId; partnerId: PartnerId; operatorId: OperatorId };

/** A manual order with its partner. */
export type ManualOrder = { partnerId: PartnerId; order: OrderRecord };

/** Keeps the list of orders by hand, by state, in the transaction that creates an order or changes it. */
export function manualOrderWrites(
  partnerId: PartnerId,
  before: Listable | undefined,
  after: Listable & Pick<Order, 'id' | 'operatorId'>,
): Write[] {
  const { id: orderId, operatorId } = after;
  const [from, to] = [before && listedAs(before), listedAs(after)];
  if (from === to) {
    return [];
  }
  const ref: ManualOrderRef = { orderId, partnerId, operatorId };
  return [
    ...(from === undefined ? [] : [remove(itemKinds.manualOrder.key({ state: from, orderId }))]),
    ...(to === undefined ? [] : [put({ ...ref, ...itemKinds.manualOrder.key({ state: to, orderId }) })]),
  ];
}

type Listable = Pick<Order, 'state' | 'ordering' | 'outcomeUnknown'>;

/** The state under which an order is listed. An order over an API is listed while its outcome is unknown. */
const listedAs = (order: Listable): OrderState | undefined => (awaitsStaff(order) ? order.state : undefined);

/** The manual orders of all partners in a state, oldest first. */
export async function queryManualOrders(
  state: OrderState,
  limit: number,
  afterId: OrderId | undefined,
): Promise<ManualOrderRef[]> {
  const after = afterId === undefined ? undefined : itemKinds.manualOrder.sk({ orderId: afterId });
  return (await query<ManualOrderRef>({ ...itemKinds.manualOrder.range({ state }), after }, limit)).items;
}

/** The orders that references refer to, in their order. */
export async function readManualOrders(refs: readonly ManualOrderRef[]): Promise<ManualOrder[]> {
  const orders = await getMany<OrderRecord>(
    refs.map(({ partnerId, orderId }) => itemKinds.order.key({ partnerId, id: orderId })),
  );
  const byId = new Map(orders.map((order) => [order.id, order]));
  return refs.flatMap(({ partnerId, orderId }) => {
    const order = byId.get(orderId);
    return order ? [{ partnerId, order }] : [];
  });
}
