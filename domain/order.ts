import type { Address, Contact } from './address.ts';
import { type EstimatedDelivery, estimatedDelivery } from './calendar.ts';
import { type CalendarDay, plusDays } from './calendar-day.ts';
import type { ManualTaskId, OperationId, OperatorId, OrderId } from './ids.ts';
import { type Operator, productOf } from './operator.ts';
import type { Plan, PlanStage } from './plan.ts';
import { HOUR_MS } from './time-units.ts';
import type { Problem } from './verdict.ts';

/** The states of an order. */
export const orderStates = [
  'submitted',
  'accepted',
  'processing',
  'dispatched',
  'delivered',
  'fulfilled',
  'cancelled',
  'rejected',
  'failed',
] as const;

export type OrderState = (typeof orderStates)[number];

export type Order = {
  id: OrderId;
  operatorId: OperatorId;
  /** Absent for orders of release 0.1.0, like the contact. */
  productId?: string;
  quantity: number;
  receivedQuantity: number;
  state: OrderState;
  reference?: string;
  deliveryAddress: Address;
  contact?: Contact;
  /** `manual`: the platform's staff handle the order at the operator, and report what happens. Fixed when it is placed. */
  ordering?: 'manual';
  /** When the order was sent to an operator whose orders are not idempotent. Its outcome is open while the order is `submitted`. */
  sentAt?: string;
  /** The platform's staff find out whether the operator has taken the order, and accept or reject it. */
  outcomeUnknown?: true;
  operatorReference?: string;
  trackingReference?: string;
  carrier?: string;
  /** Dates, `YYYY-MM-DD`, in the operator's country. */
  estimatedDelivery: EstimatedDelivery;
  /** The day on which the partner wants the SIMs. */
  requestedDeliveryDate?: CalendarDay;
  plan?: Plan;
  progress: OrderProgress;
  operations: readonly { stage: PlanStage; operationId: OperationId }[];
  failure?: Problem;
  /** When the operator reported the delivery. From then on the SIMs can be received. */
  arrivedAt?: string;
  /** Who requested the cancellation, while the operator decides on it. */
  cancelRequestedBy?: string;
  /** The manual task to ask the operator for the cancellation. */
  cancelTaskId?: ManualTaskId;
  /** The operator's last answer to a cancellation of a manual order, by which a repeated report is recognised. */
  cancelAnswer?: CancellationOutcome;
  /** The state in which the order failed, and to which it resumes. */
  failedFrom?: OrderState;
  requestedBy: string;
  /** The e-mail address in the user's token, for the operations of the plan. Not shown with the order. */
  requestedByEmail?: string;
  createdAt: string;
  updatedAt: string;
  version: number;
};

/** What the operator of a manual order answered to a cancellation. */
export type CancellationOutcome = { outcome: 'cancelled' | 'refused'; reason?: string | undefined };

/** How many SIMs completed each stage, and how many could not complete the plan. */
export type OrderProgress = { received: number; migrated: number; assigned: number; activated: number; failed: number };

export const noProgress: OrderProgress = { received: 0, migrated: 0, assigned: 0, activated: 0, failed: 0 };

/** The count of an order's progress that a stage of its plan increases. */
export const progressOfStage: Record<PlanStage, 'migrated' | 'assigned' | 'activated'> = {
  migrate: 'migrated',
  assign: 'assigned',
  activate: 'activated',
};

/** An entry of an order's timeline. */
export type OrderEvent = {
  at: string;
  type: string;
  from?: OrderState;
  to?: OrderState;
  /** A user's `sub`, an operator's id, or `system`. */
  actor: string;
  detail?: string;
};

/** An order after a step, and the events that the step adds to its timeline. */
export type OrderStep = { order: Order; events: OrderEvent[] };

/** The request for an order. */
export type OrderRequest = {
  operatorId: OperatorId;
  quantity: number;
  /** The operator's default product when omitted. */
  productId?: string | undefined;
  reference?: string | undefined;
  requestedDeliveryDate?: CalendarDay | undefined;
  plan?: Plan | undefined;
};

/** A new order, `submitted`, with the first event of its timeline. */
export function newOrder(
  { quantity, productId, reference, requestedDeliveryDate, plan }: OrderRequest,
  {
    id,
    operator,
    deliveryAddress,
    contact,
    requestedBy,
    requestedByEmail,
    now,
  }: {
    id: OrderId;
    operator: Operator;
    deliveryAddress: Address;
    contact: Contact;
    requestedBy: string;
    requestedByEmail?: string | undefined;
    now: Date;
  },
): OrderStep {
  const at = now.toISOString();
  const product = productOf(operator, productId);
  const order: Order = {
    id,
    operatorId: operator.id,
    ...(product === undefined ? {} : { productId: product.id }),
    quantity,
    receivedQuantity: 0,
    state: 'submitted',
    ...(reference === undefined ? {} : { reference }),
    deliveryAddress,
    contact,
    ...(operator.ordering === 'manual' ? { ordering: 'manual' } : {}),
    estimatedDelivery: estimatedDelivery(operator, now),
    ...(requestedDeliveryDate === undefined ? {} : { requestedDeliveryDate }),
    ...(plan === undefined ? {} : { plan }),
    progress: noProgress,
    operations: [],
    requestedBy,
    ...(requestedByEmail === undefined ? {} : { requestedByEmail }),
    createdAt: at,
    updatedAt: at,
    version: 1,
  };
  return { order, events: [{ at, type: 'order.submitted', to: 'submitted', actor: requestedBy }] };
}

const rank: Partial<Record<OrderState, number>> = {
  submitted: 0,
  accepted: 1,
  processing: 2,
  dispatched: 3,
  delivered: 4,
  fulfilled: 5,
};

/** How far an order is on its path. States off the path (cancelled, rejected, failed) rank above all others. */
export function rankOf(order: Pick<Order, 'state'>): number {
  return rank[order.state] ?? Number.POSITIVE_INFINITY;
}

/** Whether the order waits for its operator, so that it is polled, or for a report of the platform's staff. */
export function isWithOperator(order: Pick<Order, 'state' | 'arrivedAt' | 'ordering' | 'outcomeUnknown'>): boolean {
  const states: OrderState[] = ['accepted', 'processing', 'dispatched'];
  return order.arrivedAt === undefined && (states.includes(order.state) || awaitsAcceptance(order));
}

/** Whether the staff report that the operator has accepted or rejected the order. */
export function awaitsAcceptance({
  state,
  ordering,
  outcomeUnknown,
}: Pick<Order, 'state' | 'ordering' | 'outcomeUnknown'>): boolean {
  return state === 'submitted' && (ordering === 'manual' || outcomeUnknown === true);
}

/** Whether the staff report what the operator does with the order now, so that the operator is not asked. */
export function awaitsStaff(order: Pick<Order, 'state' | 'ordering' | 'outcomeUnknown'>): boolean {
  return order.ordering === 'manual' || awaitsAcceptance(order);
}

/** Whether the order was sent to its operator, which has not confirmed it. It may or may not have the order. */
export function isUnconfirmed({ state, sentAt }: Pick<Order, 'state' | 'sentAt'>): boolean {
  return state === 'submitted' && sentAt !== undefined;
}

/** Whether the order has ended: nothing more happens to it automatically. */
export function isFinished(order: Pick<Order, 'state' | 'operations'>): boolean {
  return order.state === 'delivered' ? order.operations.length === 0 : rankOf(order) > rankOf({ state: 'delivered' });
}

/**
 * The hours by which the order exceeds its lead time; 0 within it. The lead time ends at midnight UTC after its last day, or
 * after the requested delivery date if that is later.
 */
export function hoursBeyondLeadTime(
  {
    estimatedDelivery: { latest },
    requestedDeliveryDate = latest,
  }: Pick<Order, 'estimatedDelivery' | 'requestedDeliveryDate'>,
  now: Date,
): number {
  const last = requestedDeliveryDate > latest ? requestedDeliveryDate : latest;
  const end = Date.parse(`${plusDays(last, 1)}T00:00:00.000Z`);
  return Math.max(0, (now.getTime() - end) / HOUR_MS);
}

/** Why SIMs cannot be loaded into a manual order: its operator has not accepted it, or it has ended. */
export function loadProblem({ state }: Pick<Order, 'state'>): Problem<'wrong_state'> | undefined {
  if (state === 'submitted') {
    return { code: 'wrong_state', detail: 'The order is submitted. Accept it first.' };
  }
  return rankOf({ state }) < rankOf({ state: 'delivered' })
    ? undefined
    : { code: 'wrong_state', detail: `The order is ${state}. SIMs can only be loaded before an order is delivered.` };
}

/** Why an order cannot be cancelled: SIMs have been received, it was dispatched, or it has ended. */
export function cancelProblem(order: Pick<Order, 'state' | 'progress'>): Problem<'wrong_state'> | undefined {
  if (order.progress.received > 0 && rankOf(order) < rankOf({ state: 'delivered' })) {
    return { code: 'wrong_state', detail: 'SIMs of the order have been received, so it cannot be cancelled.' };
  }
  if (rankOf(order) < rankOf({ state: 'dispatched' })) {
    return undefined;
  }
  const detail =
    rankOf(order) < Number.POSITIVE_INFINITY
      ? `The order is ${order.state}. Orders can only be cancelled before dispatch.`
      : `The order is already ${order.state}.`;
  return { code: 'wrong_state', detail };
}

/** Whether a manual order was accepted by its operator, so that only the operator can cancel it. */
export function isWithManualOperator({ ordering, state }: Pick<Order, 'ordering' | 'state'>): boolean {
  return ordering === 'manual' && (state === 'accepted' || state === 'processing');
}

/** Whether the staff are to ask the operator of a manual order to cancel it. */
export function awaitsCancellation(order: Pick<Order, 'ordering' | 'state' | 'cancelTaskId'>): boolean {
  return isWithManualOperator(order) && order.cancelTaskId !== undefined;
}

/** Why an order's plan cannot be set or removed: its SIMs have been received, or the order has ended. */
export function planChangeProblem(order: Pick<Order, 'state'>): Problem<'wrong_state'> | undefined {
  if (rankOf(order) < rankOf({ state: 'delivered' })) {
    return undefined;
  }
  const detail =
    rankOf(order) < Number.POSITIVE_INFINITY
      ? 'The SIMs have been received. Use bulk actions with { "orderId" } instead of a plan.'
      : `The order is ${order.state}. Only orders that still expect SIMs can have a plan.`;
  return { code: 'wrong_state', detail };
}

/** Why the SIMs of an order cannot be selected: they have not been received. */
export function selectionProblem({ state }: Pick<Order, 'state'>): Problem<'wrong_state'> | undefined {
  return state === 'delivered' || state === 'fulfilled'
    ? undefined
    : {
        code: 'wrong_state',
        detail: `The order is ${state}. Its SIMs can be selected once they have been received.`,
      };
}

/** Whether the order may still receive SIMs, so that operations on them can be scheduled. */
export function canStillReceiveSims({ state }: Pick<Order, 'state'>): boolean {
  return !['cancelled', 'rejected'].includes(state);
}
