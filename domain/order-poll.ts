import { isWithOperator, type Order } from './order.ts';
import { orderPollPause } from './retry-policies.ts';

/**
 * The polling of an operator about an order: when it is next, and how often it brought no news. Kept apart from the order,
 * so that polling leaves the order unchanged.
 */
export type OrderPoll = {
  orderId: string;
  /** The version of the order at which polling started. A resumed order starts a new poll. */
  since: number;
  /** Answers without news in a row. */
  asked: number;
  /** Calls without an answer in a row. */
  failures: number;
  nextAt: string;
};

/** Polling starts when the order gets to its operator, and ends after the waiting execution was answered. */
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
