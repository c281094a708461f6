import { SUBMISSION_LOOK_UP_MS, SUBMISSION_SETTLE_MS } from './deadlines.ts';
import type { OperatorId, OrderId, PartnerId } from './ids.ts';
import type { PlacedOrder } from './operator-port.ts';
import { HOUR_MS } from './time-units.ts';

/*
 * Orders to operators that cannot recognise a repeated submission. An order is recorded as sent before it is sent. After a lost
 * answer it is looked for at the operator, and sent again only if it is not there.
 */

/**
 * An order on its way to its operator. There is at most one for each operator: the operator's list does not name our orders, so two
 * of the same quantity would look the same.
 */
export type OpenSubmission = {
  operatorId: OperatorId;
  partnerId: PartnerId;
  orderId: OrderId;
  quantity: number;
  /** When the order was first sent. */
  since: string;
  /** When the order was last sent. */
  sentAt: string;
  /** The references of the orders that the operator had before. */
  known: readonly string[];
};

/** The operator's clock may differ from ours by this much. */
const CLOCK_MARGIN_MS = HOUR_MS;

/** From when on orders at the operator can be the one that was first sent at a time. */
export function searchedSince(sentAt: string): Date {
  return new Date(Date.parse(sentAt) - CLOCK_MARGIN_MS);
}

/**
 * What became of a submission whose answer was lost, by the operator's orders that were not known before. `unknown`: more than one
 * of them can be ours. `too_early`: it may still arrive.
 */
export function outcomeOfSubmission(
  { quantity, sentAt }: Pick<OpenSubmission, 'quantity' | 'sentAt'>,
  placed: readonly PlacedOrder[],
  now: Date,
): { outcome: 'placed'; operatorReference: string } | { outcome: 'not_placed' | 'too_early' | 'unknown' } {
  const [first, ...others] = placed.filter((order) => order.quantity === quantity);
  if (first) {
    return others.length === 0
      ? { outcome: 'placed', operatorReference: first.operatorReference }
      : { outcome: 'unknown' };
  }
  return { outcome: now.getTime() < Date.parse(sentAt) + SUBMISSION_SETTLE_MS ? 'too_early' : 'not_placed' };
}

/** Whether the look-up of a submission has failed for too long. */
export function isLookUpOverdue({ sentAt }: Pick<OpenSubmission, 'sentAt'>, now: Date): boolean {
  return now.getTime() > Date.parse(sentAt) + SUBMISSION_LOOK_UP_MS;
}
