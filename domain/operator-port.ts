import type { LeftOutSim } from './delivered-sim.ts';
import type { UsageRecord } from './usage-record.ts';

/**
 * What the system asks of a mobile network operator, whoever it is. Operators differ by configuration, not by code:
 * one adapter fulfils this port for all of them (`adapters/operators/`).
 *
 * Every call may be repeated: orders are known to the operator by our order id, batches by a key and their SIMs. The
 * same key with other SIMs is another request.
 */
export interface OperatorGateway {
  /** Orders SIMs. Asked twice with the same order id, the operator takes one order and answers it both times. */
  submitOrder(order: OrderSubmission): Promise<SubmissionAnswer>;
  /** What the operator says of the order now; it may be late, repeated or older than what it said before. */
  orderStatus(orderId: string): Promise<OperatorOrderStatus>;
  /** Asks to call the order off; `unknown` when the operator never received it. */
  cancelOrder(orderId: string): Promise<CancelAnswer>;
  /** One page of the SIMs delivered for an order. A page may repeat SIMs of an earlier one. */
  deliveredSims(orderId: string, cursor?: string): Promise<DeliveredSimsPage>;
  /**
   * Asks that the data bars come off. The operator may refuse a SIM at once; the rest is confirmed later, by `simStatus`.
   * This and each call below leaves out SIMs whose answer cannot be read: treat them as not answered.
   */
  activate(batchKey: string, iccids: readonly string[]): Promise<SimAnswer[]>;
  /** The standing of each SIM at the operator. SIMs that it does not know are left out. */
  simStatus(iccids: readonly string[]): Promise<SimAnswer[]>;
  /** Puts the data bar on (`barred: true`) or takes it off, at once. */
  setBars(batchKey: string, iccids: readonly string[], barred: boolean): Promise<SimAnswer[]>;
  /** Ends the SIMs' subscriptions for good. */
  terminate(batchKey: string, iccids: readonly string[]): Promise<SimAnswer[]>;
  /**
   * A page of what SIMs used, since a cursor of an earlier page or from the beginning. Records may be late, repeated and
   * in any order, and of SIMs that nobody here has. At the end the cursor stays what it was.
   */
  usageSince(cursor?: string): Promise<UsagePage>;
}

/** An order as the operator needs it. */
export type OrderSubmission = {
  orderId: string;
  quantity: number;
  deliveryAddress: {
    name: string;
    lines: readonly string[];
    city: string;
    /** Absent where the country has none. */
    postalCode?: string | undefined;
    country: string;
  };
};

export type SubmissionAnswer =
  | { outcome: 'accepted'; operatorReference: string }
  | { outcome: 'rejected'; reason: string };

/** The steps that an order goes through at an operator; `delivered` means that its SIMs can be listed. */
export type OperatorOrderStatus = {
  status: 'accepted' | 'processing' | 'dispatched' | 'delivered' | 'rejected' | 'cancelled';
  trackingReference?: string;
  /** How many SIMs were delivered; may be fewer than ordered. Present when `delivered`. */
  deliveredQuantity?: number;
  /** Why, when `rejected` or `cancelled`. */
  reason?: string;
};

export type CancelAnswer = { outcome: 'cancelled' } | { outcome: 'refused'; reason: string } | { outcome: 'unknown' };

/** `leftOut`: the entries that cannot be read as a SIM; the operator lists them the same way the next time. */
export type DeliveredSimsPage = { sims: DeliveredSim[]; leftOut: LeftOutSim[]; nextCursor?: string };

export type DeliveredSim = { iccid: string; imsi: string; msisdn?: string };

/**
 * `barred`: the data bar is on; `pending`: its removal is under way; `active`: no bar; `refused`: the operator will not
 * remove it (or will not do what the batch asked), with its reason; `terminated`: ended for good.
 */
export type SimAnswer = {
  iccid: string;
  status: 'barred' | 'pending' | 'active' | 'refused' | 'terminated';
  reason?: string;
};

/** A record that makes no sense, as the operator sent it, with where in the page it is and why. */
export type UnreadableRecord = { record: unknown; problem: string };

/** A page of usage: the records, and apart from them those that make no sense. */
export type UsagePage = { records: UsageRecord[]; unreadable: UnreadableRecord[]; nextCursor: string };

/**
 * The operator did not answer in time, answered with a fault, or answered nonsense. It may have done what was asked:
 * ask again with the same order id or batch key.
 */
export class OperatorUnavailable extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'OperatorUnavailable';
  }
}
