import { isOrderUnderWay } from './state-status.ts';

/** What the rule needs to know of an order. */
type OrderFacts = { state: string; plan?: object | undefined; estimatedDelivery: { latest: string } };

/** An order is late when it has not been delivered by the end of its latest estimated day. */
export function isLate({ state, estimatedDelivery, plan }: OrderFacts, today: string): boolean {
  return isOrderUnderWay({ state, plan }) && state !== 'delivered' && estimatedDelivery.latest < today;
}
