import type { CalendarDay } from './calendar-day.ts';
import type { LeftOutSim } from './delivered-sim.ts';
import type { CheckDigitRule } from './iccid.ts';
import type { OrderId } from './ids.ts';
import type { UsageRecord } from './usage-record.ts';

/**
 * The port to a mobile network operator. One adapter for each kind of platform implements it (`adapters/operators/`);
 * `operator-capabilities.ts` declares what a kind can do.
 *
 * Every call can be repeated, except the submission of an order where orders are not idempotent. Batches are identified by their
 * key and SIMs: the same key with other SIMs is another request.
 */
export interface OperatorGateway {
  /**
   * Orders SIMs. Where orders are idempotent, a repeated call with the same order id returns the answer of the first and places
   * no second order. Elsewhere the adapter sends the order at most once a call, and its caller looks for it in `ordersSince`
   * before another call.
   */
  submitOrder(order: OrderSubmission): Promise<SubmissionAnswer>;
  /** The orders that we have placed since a time, apart from those with the given references. */
  ordersSince(since: Date, except: readonly string[]): Promise<PlacedOrder[]>;
  /** The operator's current report on the order. It can be late, repeated or older than an earlier one. */
  orderStatus(order: OrderReference): Promise<OperatorOrderStatus>;
  /** Requests the cancellation of the order; `unknown` when the operator never received it. */
  cancelOrder(order: OrderReference): Promise<CancelAnswer>;
  /**
   * A page of the SIMs delivered for an order. It can repeat SIMs of an earlier page.
   *
   * @param checkDigit the operator's rule for the check digits of ICCIDs.
   */
  deliveredSims(order: OrderReference, checkDigit: CheckDigitRule, cursor?: string): Promise<DeliveredSimsPage>;
  /**
   * Requests the removal of the data bars. The operator can refuse a SIM immediately; `simStatus` confirms the others later.
   * This and each call below leaves out SIMs whose answer cannot be read: treat them as not answered.
   */
  activate(batchKey: string, iccids: readonly string[]): Promise<SimAnswer[]>;
  /**
   * Requests the test status of SIMs that have never been active: no data bars, and data without charge up to a limit. A platform
   * without a test status removes the data bars.
   */
  startTest(batchKey: string, iccids: readonly string[]): Promise<SimAnswer[]>;
  /**
   * The status of each SIM at the operator. SIMs that the operator does not know are left out. With `since`, SIMs that have not
   * changed since then may be left out, too.
   */
  simStatus(iccids: readonly string[], about?: StatusContext): Promise<SimAnswer[]>;
  /**
   * What the operator has on SIMs now: their status, `unknown` if it does not have them, and their numbers where it tells them. SIMs
   * whose answer cannot be read are left out.
   */
  simDetails(iccids: readonly string[]): Promise<SimDetails[]>;
  /**
   * The current data session of a SIM or, without one, the end of the last session. `undefined` when the operator does not know the SIM.
   *
   * @throws OperatorUnavailable unless it has the capability `sessions`.
   */
  dataSession(iccid: string): Promise<DataSession | undefined>;
  /** Sets the data bar (`barred: true`) or removes it, immediately or later (`pending`). */
  setBars(batchKey: string, iccids: readonly string[], barred: boolean): Promise<SimAnswer[]>;
  /** Ends the subscriptions of the SIMs permanently, immediately or later (`pending`). */
  terminate(batchKey: string, iccids: readonly string[]): Promise<SimAnswer[]>;
  /**
   * A page of usage records, from the cursor of an earlier page or from the beginning. Records can be late, repeated, in any
   * order, and of unknown SIMs. At the end of the list, `nextCursor` equals `cursor`.
   *
   * @throws OperatorUnavailable unless the capability `usage` is `records`.
   */
  usageSince(cursor?: string): Promise<UsagePage>;
  /**
   * What SIMs have used on each day of a range so far, as far as the operator knows. A total grows during its day and may be corrected
   * later, upwards or downwards. SIMs that the operator does not know, or for which its limits permit no call, are left out. The totals
   * of every other SIM are complete: each day has one, of 0 bytes if nothing was used, or one for each network that has any.
   *
   * @param from the first day, UTC.
   * @param to the last day, included; at most `MAX_TOTALS_DAYS` in all.
   * @throws OperatorUnavailable when one of the SIMs gets no answer for another reason, and unless the capability `usage` is `totals`.
   */
  usageTotals(iccids: readonly string[], from: CalendarDay, to: CalendarDay): Promise<UsageTotal[]>;
}

/** An order as the operator needs it. */
export type OrderSubmission = {
  orderId: OrderId;
  quantity: number;
  deliveryAddress: {
    name: string;
    lines: readonly string[];
    city: string;
    /** Absent in countries without postal codes. */
    postalCode?: string | undefined;
    country: string;
  };
  productId?: string | undefined;
  contact?: { name: string; email: string; phone?: string | undefined } | undefined;
  /** `YYYY-MM-DD` */
  requestedDeliveryDate?: string | undefined;
};

/** An order by our id, and by the operator's reference once it has accepted the order. */
export type OrderReference = { id: OrderId; operatorReference?: string | undefined };

/** An order as the operator lists it. */
export type PlacedOrder = { operatorReference: string; quantity: number };

export type SubmissionAnswer =
  | { outcome: 'accepted'; operatorReference: string }
  | { outcome: 'rejected'; reason: string };

/** The steps that an order goes through at an operator; `delivered` means that its SIMs can be listed. */
export type OperatorOrderStatus = {
  status: 'accepted' | 'processing' | 'dispatched' | 'delivered' | 'rejected' | 'cancelled';
  trackingReference?: string;
  /** How many SIMs were delivered; can be fewer than ordered. Present when `delivered`. */
  deliveredQuantity?: number;
  /** Why, when `rejected` or `cancelled`. */
  reason?: string;
};

export type CancelAnswer = { outcome: 'cancelled' } | { outcome: 'refused'; reason: string } | { outcome: 'unknown' };

/** `leftOut`: the entries that cannot be read as a SIM. The operator would list them unchanged in a repeated call. */
export type DeliveredSimsPage = { sims: DeliveredSim[]; leftOut: LeftOutSim[]; nextCursor?: string };

export type DeliveredSim = { iccid: string; imsi?: string; msisdn?: string };

/**
 * `barred`: the data bar is set; `active`: no bar; `testing`: no bar, but not active: data without charge, up to a limit; `pending`: a change is in progress; `refused`: the operator refuses the
 * requested change (or the request of the batch), with its reason; `terminated`: ended permanently.
 */
export type SimAnswer = {
  iccid: string;
  status: 'barred' | 'pending' | 'active' | 'testing' | 'refused' | 'terminated';
  reason?: string;
  /** The operator's id of the request that the answer belongs to, where it has one. Pass it to `simStatus`. */
  requestId?: string;
};

/** A SIM at its operator. IMSI of 14 or 15 digits, MSISDN in E.164 with `+`, IMEI of the last device. */
export type SimDetails = {
  iccid: string;
  status: SimAnswer['status'] | 'unknown';
  imsi?: string;
  msisdn?: string;
  imei?: string;
};

/** What the caller knows about SIMs whose status it reads. */
export type StatusContext = {
  /** The requests of earlier answers about these SIMs, oldest first. */
  requestIds?: readonly string[];
  /** When the first of them was asked to change. Lets the operator list the changes since then instead of each SIM. */
  since?: Date;
};

/** A SIM's data session: since when it lasts or, without one, when the last one ended. Times are RFC 3339, UTC. */
export type DataSession = {
  status: 'connected' | 'disconnected' | 'unknown';
  since?: string | undefined;
  /** The network as the operator names it. */
  network?: string | undefined;
  /** The radio access technology. */
  rat?: string | undefined;
  ip?: string | undefined;
};

/** An invalid record as the operator sent it, with its position in the page and the reason. */
export type UnreadableRecord = { record: unknown; problem: string };

/**
 * A page of usage: the valid records, and separately the invalid ones. At the end of the list, `completeUntil` is until when all usage has
 * been reported; absent when that is the time of the call.
 */
export type UsagePage = {
  records: UsageRecord[];
  unreadable: UnreadableRecord[];
  nextCursor: string;
  completeUntil?: string;
};

/** What a SIM used on a day (UTC) in a network, or in all networks if the operator does not tell them apart. Whole bytes. */
export type UsageTotal = { iccid: string; day: CalendarDay; bytes: number; network?: string };

/** The maximum number of days that totals are asked for in one call. */
export const MAX_TOTALS_DAYS = 30;

/**
 * The operator did not answer in time, answered with an error, or sent an invalid answer. It may still have executed the
 * request: repeat the call with the same order id or batch key.
 */
export class OperatorUnavailable extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'OperatorUnavailable';
  }
}

/**
 * The limits of the operator permit no call for now, and none was made. Waiting for the next turn is no failure. Has the same name
 * as its parent, which the retries of the state machine know.
 */
export class OperatorBusy extends OperatorUnavailable {}
