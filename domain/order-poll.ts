import type { OrderId } from './ids.ts';
import { isWithOperator, type Order } from './order.ts';
import { orderPollPause } from './retry-policies.ts';

/**
 * The polling of an operator about an order: the time of the next poll, and the number of polls without news. Stored
 * separately, so that polling leaves the order unchanged.
 */
export type OrderPoll = {
  orderId: OrderId;
  /** The version of the order at which polling started. A resumed order starts a new poll. */
  since: number;
  /** Consecutive answers without news. */
  asked: number;
  /** Consecutive calls without an answer. */
  failures: number;
  nextAt: string;
};

/** Whether polling starts: the order is now with its operator. Polling ends once the waiting execution has been answered. */
export function startsPolling(before: Order, after: Order): boolean {
  return isWithOperator(after) && !isWithOperator(before);
}

/** The first poll of an order: immediately. */
export function firstPoll({ id, version, updatedAt }: Pick<Order, 'id' | 'version' | 'updatedAt'>): OrderPoll {
  return { orderId: id, since: version, asked: 0, failures: 0, nextAt: updatedAt };
}

/**
 * The poll after an answer or a failed call.
 *
 * @param random a number from 0 up to 1.
 */
export function nextPoll(
  poll: OrderPoll,
  outcome: 'news' | 'no_news' | 'unavailable',
  now: Date,
  random: number,
): OrderPoll {
  const counts = {
    news: { asked: 0, failures: 0 },
    no_news: { asked: poll.asked + 1, failures: 0 },
    unavailable: { asked: poll.asked, failures: poll.failures + 1 },
  }[outcome];
  const pause = orderPollPause(Math.max(counts.asked, counts.failures), random);
  return { ...poll, ...counts, nextAt: new Date(now.getTime() + pause).toISOString() };
}
