/*
 * The contract of manual orders, implemented a second time: what the platform answers to each report of its staff. It imports nothing
 * from the product.
 */

export type ManualState =
  | 'submitted'
  | 'accepted'
  | 'dispatched'
  | 'delivered'
  | 'fulfilled'
  | 'rejected'
  | 'cancelled';

export type CancelAnswer = { outcome: 'cancelled' | 'refused'; reason?: string };

export type ManualOrder = {
  state: ManualState;
  /** Since when it waits for its delivery: milliseconds since 1970, of the scaled time. */
  waitsSince: number;
  /** The ICCIDs of the SIMs that files have loaded. */
  loaded: string[];
  operatorReference?: string;
  expectedDelivery?: string;
  trackingReference?: string;
  carrier?: string;
  rejectedFor?: string;
  /** Whether the staff have an open task to ask the operator for the cancellation. */
  cancelAsked: boolean;
  cancelAnswer?: CancelAnswer;
};

export function newManualOrder(waitsSince: number): ManualOrder {
  return { state: 'submitted', waitsSince, loaded: [], cancelAsked: false };
}

const DAY_MS = 86_400_000;
/** An order that waits for ninety days fails. The steps before and after the wait take time, too. */
const FAILS_AFTER_DAYS = 88;

/** Whether an order may have failed, because it has waited for too long. */
export function mayHaveFailed({ state, waitsSince }: ManualOrder, now: Date): boolean {
  const waits = state === 'submitted' || state === 'accepted' || state === 'dispatched';
  return waits && now.getTime() - waitsSince > FAILS_AFTER_DAYS * DAY_MS;
}

/** A report of the staff: the last part of its path, and its body. */
export type Report =
  | { what: 'accept'; body: { operatorReference: string; expectedDelivery?: string }; isDayWrong: boolean }
  | { what: 'reject'; body: { reason: string } }
  | { what: 'dispatch'; body: { trackingReference?: string; carrier?: string } }
  | { what: 'deliver'; body: Record<string, never> }
  | { what: 'cancel'; body: CancelAnswer };

/** What becomes of a report: the order takes it, shows it already, or refuses it with a status. */
export type Verdict = 'taken' | 'known' | 409 | 422;

const isBeforeDispatch = ({ state }: ManualOrder) => state === 'submitted' || state === 'accepted';

/** Whether the staff can load SIMs and report the delivery. */
export const isOpen = ({ state, cancelAsked }: ManualOrder) =>
  (state === 'accepted' || state === 'dispatched') && !cancelAsked;

const isDelivered = ({ state }: ManualOrder) => state === 'delivered' || state === 'fulfilled';

/** Whether the order already shows all that a report states. */
function isKnown(order: ManualOrder, report: Report): boolean {
  const isAccepted = ['accepted', 'dispatched', 'delivered', 'fulfilled'].includes(order.state);
  const isDispatched = isAccepted && order.state !== 'accepted';
  const shows = (facts: object) =>
    Object.entries(facts).every(
      ([name, value]) => value === undefined || Object.entries(order).some(([of, is]) => of === name && is === value),
    );
  switch (report.what) {
    case 'accept':
      return isAccepted && shows(report.body);
    case 'reject':
      return order.state === 'rejected' && order.rejectedFor === report.body.reason;
    case 'dispatch':
      return isDispatched && shows(report.body);
    case 'deliver':
      return isDelivered(order);
    case 'cancel':
      return (
        !order.cancelAsked &&
        order.cancelAnswer?.outcome === report.body.outcome &&
        order.cancelAnswer.reason === report.body.reason
      );
  }
}

/** What the platform answers to a report. */
export function verdictOn(order: ManualOrder, report: Report): Verdict {
  if (isKnown(order, report)) {
    return 'known';
  }
  switch (report.what) {
    case 'accept':
      return order.state !== 'submitted' ? 409 : report.isDayWrong ? 422 : 'taken';
    case 'reject':
      return isBeforeDispatch(order) && !order.cancelAsked && order.loaded.length === 0 ? 'taken' : 409;
    case 'dispatch':
      return order.state === 'accepted' && !order.cancelAsked ? 'taken' : 409;
    case 'deliver':
      return isOpen(order) ? 'taken' : 409;
    case 'cancel':
      return order.cancelAsked ? 'taken' : 409;
  }
}

/** Applies a report that was taken. */
export function take(order: ManualOrder, report: Report): void {
  switch (report.what) {
    case 'accept':
      Object.assign(order, report.body, { state: 'accepted' });
      return;
    case 'reject':
      Object.assign(order, { state: 'rejected', rejectedFor: report.body.reason });
      return;
    case 'dispatch':
      Object.assign(order, report.body, { state: 'dispatched' });
      return;
    case 'deliver':
      order.state = 'delivered';
      return;
    case 'cancel':
      Object.assign(order, { cancelAsked: false, cancelAnswer: report.body });
      order.state = report.body.outcome === 'cancelled' ? 'cancelled' : order.state;
      return;
  }
}

/** What becomes of the partner's request to cancel: before the acceptance it succeeds at once, after it the staff ask the operator. */
export function verdictOnCancel(order: ManualOrder): 'cancelled' | 'asked' | 409 {
  if (order.state === 'submitted') {
    return 'cancelled';
  }
  return order.state === 'accepted' && order.loaded.length === 0 ? 'asked' : 409;
}
