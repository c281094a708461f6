import type { OrderPoll } from '../../domain/order-poll.ts';
import { dueOrders } from './due-orders.ts';
import { type Condition, get, put, remove, update, type Write, writeIf } from './items.ts';
import { due, orderPollKey } from './keys.ts';

/** Starts a poll, in the transaction that brings its order to the operator. */
export function putOrderPoll(partnerId: string, poll: OrderPoll): Write {
  return put({ ...orderPollKey(partnerId, poll.orderId), ...poll, duePk: due.orders, dueAt: poll.nextAt });
}

export async function getOrderPoll(partnerId: string, orderId: string): Promise<OrderPoll | undefined> {
  return get<OrderPoll>(orderPollKey(partnerId, orderId));
}

/** The orders whose operators are to be polled now, across partners, the longest waiting first. */
export async function dueOrderPolls(now: Date, limit: number) {
  return dueOrders(due.orders, now, limit);
}

/** Saves the next poll, unless the poll has ended or was started again meanwhile. */
export async function reschedulePoll(partnerId: string, poll: OrderPoll): Promise<void> {
  const next = { set: { ...poll, dueAt: poll.nextAt } };
  await writeIf(update(orderPollKey(partnerId, poll.orderId), next, isSamePoll(poll)));
}

/** Ends a poll, unless it was started again meanwhile because its order was resumed. */
export async function endOrderPoll(partnerId: string, poll: OrderPoll): Promise<void> {
  await writeIf(remove(orderPollKey(partnerId, poll.orderId), isSamePoll(poll)));
}

const isSamePoll = ({ since }: OrderPoll): Condition => ({
  expression: '#since = :since',
  names: { '#since': 'since' },
  values: { ':since': since },
});
