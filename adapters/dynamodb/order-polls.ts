import type { OrderId, PartnerId } from '../../domain/ids.ts';
import type { OrderPoll } from '../../domain/order-poll.ts';
import type { Condition } from './conditions.ts';
import { queryDueAs } from './due-work.ts';
import { itemKinds } from './item-kinds.ts';
import { due } from './keys.ts';
import { get } from './reads.ts';
import { put, remove, update, type Write } from './write-requests.ts';
import { writeIf } from './writes.ts';

/** Starts a poll, in the transaction that brings its order to the operator. */
export function putOrderPoll(partnerId: PartnerId, poll: OrderPoll): Write {
  return put({
    ...itemKinds.orderWatch.key({ partnerId, orderId: poll.orderId }),
    ...poll,
    duePk: due.orders,
    dueAt: poll.nextAt,
  });
}

export async function getOrderPoll(partnerId: PartnerId, orderId: OrderId): Promise<OrderPoll | undefined> {
  return get<OrderPoll>(itemKinds.orderWatch.key({ partnerId, orderId }));
}

/** The orders whose operators are to be polled now, across partners, the longest waiting first. */
export async function dueOrderPolls(now: Date, limit: number) {
  return queryDueAs(due.orders, itemKinds.orderWatch.parse, now, limit);
}

/** Saves the next poll, unless the poll has ended or was started again meanwhile. */
export async function reschedulePoll(partnerId: PartnerId, poll: OrderPoll): Promise<void> {
  const next = { set: { ...poll, dueAt: poll.nextAt } };
  await writeIf(update(itemKinds.orderWatch.key({ partnerId, orderId: poll.orderId }), next, isSamePoll(poll)));
}

/** Ends a poll, unless it was started again meanwhile because its order was resumed. */
export async function endOrderPoll(partnerId: PartnerId, poll: OrderPoll): Promise<void> {
  await writeIf(remove(itemKinds.orderWatch.key({ partnerId, orderId: poll.orderId }), isSamePoll(poll)));
}

const isSamePoll = ({ since }: OrderPoll): Condition => ({
  expression: '#since = :since',
  names: { '#since': 'since' },
  values: { ':since': since },
});
