import { type DueItem, queryDue } from './items.ts';
import type { due } from './keys.ts';

/** The id of an order and of its partner. */
export type OrderRef = { partnerId: string; orderId: string };

/** The orders of a list of due items, across partners, the longest waiting first. */
export async function dueOrders(
  duePk: (typeof due)['orders' | 'holding'],
  now: Date,
  limit: number,
): Promise<(OrderRef & DueItem)[]> {
  return (await queryDue(duePk, now, limit)).flatMap((item) => {
    const [, partnerId, orderId] = /^P#(.+)#ORD#(.+)$/.exec(item.key.pk) ?? [];
    return partnerId && orderId ? [{ partnerId, orderId, ...item }] : [];
  });
}
