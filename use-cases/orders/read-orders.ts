import {
  getOrder,
  type OrderRecord,
  orderPosition,
  queryOrderEvents,
  queryOrders,
} from '../../adapters/dynamodb/orders.ts';
import { listSims } from '../../adapters/dynamodb/sim-lists.ts';
import type { OperatorId, OrderId, PartnerId } from '../../domain/ids.ts';

import type { OrderState } from '../../domain/order.ts';
import { fillPage, type PageRequest } from '../fill-page.ts';
import { requireKnownFilter } from '../known-operator.ts';
import { orNotFound } from '../refusal.ts';

/** @throws Refusal `not_found` */
export async function readOrder(partnerId: PartnerId, id: OrderId): Promise<OrderRecord> {
  return orNotFound(await getOrder(partnerId, id), 'order', id);
}

/** A page of a partner's orders, newest first. */
export async function listOrders(
  partnerId: PartnerId,
  { state, operatorId }: { state?: OrderState | undefined; operatorId?: OperatorId | undefined },
  page: PageRequest,
) {
  await requireKnownFilter(operatorId);
  return fillPage(
    page,
    (limit, after) => queryOrders(partnerId, limit, after),
    (order) =>
      (state === undefined || order.state === state) && (operatorId === undefined || order.operatorId === operatorId),
    orderPosition,
  );
}

/** A page of an order's timeline, oldest event first. @throws Refusal `not_found` */
export async function listOrderEvents(partnerId: PartnerId, id: OrderId, { limit, after }: PageRequest) {
  await readOrder(partnerId, id);
  return queryOrderEvents(partnerId, id, limit, after);
}

/** A page of the SIMs that an order has received. @throws Refusal `not_found` */
export async function listOrderSims(partnerId: PartnerId, id: OrderId, { limit, after }: PageRequest) {
  await readOrder(partnerId, id);
  return listSims(partnerId, { orderId: id }, limit, after);
}
