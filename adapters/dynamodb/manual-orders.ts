import type { OperatorId, OrderId, PartnerId } from '../../domain/ids.ts';
import type { Order, OrderState } from '../../domain/order.ts';
import { itemKinds } from './item-kinds.ts';
import type { OrderRecord } from './orders.ts';
import { query } from './queries.ts';
import { getMany } from './reads.ts';
import { put, remove, type Write } from './write-requests.ts';

/** A manual order of some partner, as the list of the platform's staff refers to it. */
type ManualOrderRef = { orderId: OrderId; partnerId: PartnerId; operatorId: OperatorId };

/** A manual order with its partner. */
export type ManualOrder = { partnerId: PartnerId; order: OrderRecord };

/** Keeps the list of manual orders by state, in the transaction that creates an order or changes its state. */
export function manualOrderWrites(
  partnerId: PartnerId,
  before: Pick<Order, 'state'> | undefined,
  { id, state, ordering, operatorId }: Pick<Order, 'id' | 'state' | 'ordering' | 'operatorId'>,
): Write[] {
  if (ordering !== 'manual' || before?.state === state) {
    return [];
  }
  const ref: ManualOrderRef = { orderId: id, partnerId, operatorId };
  return [
    ...(before ? [remove(itemKinds.manualOrder.key({ state: before.state, orderId: id }))] : []),
    put({ ...ref, ...itemKinds.manualOrder.key({ state, orderId: id }) }),
  ];
}

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
