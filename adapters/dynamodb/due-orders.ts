import { queryDue } from './items.ts';
import type { due, Key } from './keys.ts';

/** The id of an order and of its partner. */
export type OrderRef = { partnerId: string; orderId: string };

/** An order that a schedule processes now, with the key of the item that made it due. */
export type DueOrder = OrderRef & { key: Key; dueAt: string };

/** The due orders of a kind, across partners, the longest waiting first. */
export async function dueOrders(
  kind: (typeof due)['orders' | 'holding'],
  now: Date,
  limit: number,
): Promise<DueOrder[]> {
  return (await queryDue(kind, now, limit)).flatMap(({ key, dueAt }) => {
    const [, partnerId, orderId] = /^P#(.+)#ORD#(.+)$/.exec(key.pk) ?? [];
    return partnerId && orderId ? [{ partnerId, orderId, key, dueAt }] : [];
  });
}
