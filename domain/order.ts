import type { Address } from './address.ts';
import { plusDays } from './calendar-day.ts';
import { HOUR_MS } from './durations.ts';
import { laterOf } from './moment.ts';
import type { OperatorId } from './operator.ts';
import type { OperatorOrderStatus } from './operator-port.ts';
import { type Plan, type PlanStage, stagesOf } from './plan.ts';
import type { Problem } from './verdict.ts';

/** The life of an order. */
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
  id: string;
  operatorId: OperatorId;
  quantity: number;
  receivedQuantity: number;
  state: OrderState;
  reference?: string;
  deliveryAddress: Address;
  operatorReference?: string;
  trackingReference?: string;
  /** Dates, `YYYY-MM-DD`, in the operator's country. */
  estimatedDelivery: { earliest: string; latest: string };
  plan?: Plan;
  progress: OrderProgress;
  operations: readonly { stage: PlanStage; operationId: string }[];
  failure?: Problem;
  /** When the operator said that the SIMs are there: from then on they can be received. */
  arrivedAt?: string;
  /** Who asked to cancel it, while the operator is asked. */
  cancelRequestedBy?: string;
  /** The state from which the order failed, and into which it is resumed. */
  failedFrom?: OrderState;
  requestedBy: string;
  createdAt: string;
  updatedAt: string;
  version: number;
};

/** How many SIMs completed each stage, and how many could not complete the plan. */
export type OrderProgress = { received: number; migrated: number; assigned: number; activated: number; failed: number };

export const noProgress: OrderProgress = { received: 0, migrated: 0, assigned: 0, activated: 0, failed: 0 };

/** The count of an order's progress that a stage of its plan adds to. */
export const progressOfStage: Record<PlanStage, 'migrated' | 'assigned' | 'activated'> = {
  migrate: 'migrated',
  assign: 'assigned',
  activate: 'activated',
};

/** One line of an order's timeline. */
export type OrderEvent = {
  at: string;
  type: string;
  from?: OrderState;
  to?: OrderState;
  /** A user's `sub`, an operator's id, or `system`. */
  actor: string;
  detail?: string;
};

/** An order after a step, and what its timeline says of it. */
export type OrderStep = { order: Order; events: OrderEvent[] };

/**
 * A step as the timeline tells it. Whoever takes it may have looked at the clock before somebody else took the one before
 * it, or by another clock: what comes later is not told as earlier.
 */
export function withMonotonicTime({ updatedAt }: Pick<Order, 'updatedAt'>, { order, events }: OrderStep): OrderStep {
  return {
    order: { ...order, updatedAt: laterOf(updatedAt, order.updatedAt) },
    events: events.map((event) => ({ ...event, at: laterOf(updatedAt, event.at) })),
  };
}

/** How far along an order is on its way to the partner; states off that way have no rank. */
const rank: Partial<Record<OrderState, number>> = {
  submitted: 0,
  accepted: 1,
  processing: 2,
  dispatched: 3,
  delivered: 4,
  fulfilled: 5,
};

/** Whether the order waits for its operator: what the poller asks about. */
export function isWithOperator(order: Pick<Order, 'state' | 'arrivedAt'>): boolean {
  return ['accepted', 'processing', 'dispatched'].includes(order.state) && order.arrivedAt === undefined;
}

/**
 * For how many hours an order should have been delivered by now: 0 as long as it is within its lead time, whose last day
 * is over at midnight, in UTC.
 */
export function hoursBeyondLeadTime({ latest }: Order['estimatedDelivery'], now: Date): number {
  const over = Date.parse(`${plusDays(latest, 1)}T00:00:00.000Z`);
  return Math.max(0, (now.getTime() - over) / HOUR_MS);
}

/** The operator took the order. An order that was cancelled meanwhile is not taken back. */
export function markOrderAccepted(order: Order, operatorReference: string, at: string): OrderStep | undefined {
  return order.state === 'submitted'
    ? transition(order, 'accepted', at, order.operatorId, { operatorReference })
    : undefined;
}

/** The operator will not take the order, or withdrew it before it was dispatched. */
export function markOrderRejected(order: Order, reason: string, at: string): OrderStep | undefined {
  return rankOf(order) < rankOf({ state: 'dispatched' })
    ? transition(order, 'rejected', at, order.operatorId, { failure: { code: 'operator_rejected', detail: reason } })
    : undefined;
}

/**
 * What the operator's answer does to an order. Answers come late, twice and out of order: an order never moves
 * backwards, and an answer that tells nothing new gives `undefined`. `delivered` at the operator means that the SIMs
 * can be received (`arrivedAt`); the order is `delivered` once they have been.
 */
export function advanceOrder(order: Order, answer: OperatorOrderStatus, at: string): OrderStep | undefined {
  if (!isWithOperator(order)) {
    return undefined;
  }
  switch (answer.status) {
    case 'rejected':
      return markOrderRejected(order, answer.reason ?? 'The operator gave no reason.', at);
    case 'cancelled':
      return rankOf(order) < rankOf({ state: 'dispatched' })
        ? transition(order, 'cancelled', at, order.cancelRequestedBy ?? order.operatorId, {}, answer.reason)
        : undefined;
    case 'delivered':
      return markArrived(order, answer, at);
    default:
      return rankOf({ state: answer.status }) > rankOf(order)
        ? transition(order, answer.status, at, order.operatorId, tracking(answer))
        : recordTracking(order, answer, at);
  }
}

/** The answer is no step, but may be the first to tell by what the parcel can be followed. */
function recordTracking(order: Order, answer: OperatorOrderStatus, at: string): OrderStep | undefined {
  return answer.trackingReference !== undefined && order.trackingReference === undefined
    ? {
        order: bumpVersion({ ...order, ...tracking(answer) }, at),
        events: [{ at, type: 'order.tracked', actor: order.operatorId, detail: answer.trackingReference }],
      }
    : undefined;
}

function markArrived(order: Order, answer: OperatorOrderStatus, at: string): OrderStep {
  const dispatched =
    order.state === 'dispatched'
      ? { order: bumpVersion({ ...order, ...tracking(answer) }, at), events: [] }
      : transition(order, 'dispatched', at, order.operatorId, tracking(answer));
  return {
    order: { ...dispatched.order, arrivedAt: at },
    events: [...dispatched.events, { at, type: 'order.arrived', actor: order.operatorId }],
  };
}

/** Every SIM that the operator delivered is in holding. Fewer than ordered is a shortfall, not a failure. */
export function markOrderDelivered(
  order: Order,
  receivedQuantity: number,
  newOperationId: () => string,
  at: string,
): OrderStep | undefined {
  if (order.state !== 'dispatched') {
    return undefined;
  }
  const operations = order.plan ? stagesOf(order.plan).map((stage) => ({ stage, operationId: newOperationId() })) : [];
  const delivered = transition(order, 'delivered', at, 'system', { receivedQuantity, operations });
  const missing = order.quantity - receivedQuantity;
  return missing <= 0
    ? delivered
    : {
        ...delivered,
        events: [
          ...delivered.events,
          {
            at,
            type: 'order.shortfall',
            actor: order.operatorId,
            detail: `${receivedQuantity} of ${order.quantity} SIMs were delivered. ${missing} are missing.`,
          },
        ],
      };
}

/** SIMs of a delivered order wait in holding longer than they should: the order's timeline says so, once. */
export function recordWaitingSims(order: Order, waiting: string, days: number, at: string): OrderStep {
  const detail = `${waiting} in holding for more than ${days} working ${days === 1 ? 'day' : 'days'}. Migrate them to a partner service.`;
  return {
    order: { ...order, updatedAt: at, version: order.version + 1 },
    events: [{ at, type: 'sims.waiting_in_holding', actor: 'system', detail }],
  };
}

/** The plan was run over every SIM received, whatever came of each. */
export function markOrderFulfilled(order: Order, at: string): OrderStep | undefined {
  return order.state === 'delivered' && order.operations.length > 0
    ? transition(order, 'fulfilled', at, 'system', {}, failedSims(order.progress.failed))
    : undefined;
}

function failedSims(failed: number): string | undefined {
  return failed === 0 ? undefined : `${failed} ${failed === 1 ? 'SIM' : 'SIMs'} could not complete the plan.`;
}

/** Why an order cannot be cancelled: it has been dispatched, or is at its end. */
export function cancelProblem(order: Pick<Order, 'state'>): Problem<'wrong_state'> | undefined {
  if (rankOf(order) < rankOf({ state: 'dispatched' })) {
    return undefined;
  }
  const detail =
    rankOf(order) < Number.POSITIVE_INFINITY
      ? `The order is ${order.state}. Orders can only be cancelled before dispatch.`
      : `The order is already ${order.state}.`;
  return { code: 'wrong_state', detail };
}

/** The partner asks to cancel the order: noted before the operator is asked, whose answer may be seen elsewhere first. */
export function requestCancellation(order: Order, actor: string, at: string): OrderStep | undefined {
  return cancelProblem(order)
    ? undefined
    : {
        order: bumpVersion({ ...order, cancelRequestedBy: actor }, at),
        events: [{ at, type: 'order.cancel_requested', actor }],
      };
}

/** The operator refused to cancel the order, which goes on. */
export function markCancellationRefused(order: Order, reason: string, at: string): OrderStep {
  const { cancelRequestedBy: _requestedBy, ...rest } = order;
  return {
    order: bumpVersion(rest, at),
    events: [{ at, type: 'order.cancel_refused', actor: order.operatorId, detail: reason }],
  };
}

/** The partner called the order off, and the operator agreed. */
export function markOrderCancelled(order: Order, actor: string, at: string): OrderStep | undefined {
  return cancelProblem(order) ? undefined : transition(order, 'cancelled', at, actor);
}

/** Why an order's plan cannot be put on, changed or taken off: its SIMs have been received, or it is at its end. */
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

/** Puts a plan on the order, or takes it off. */
export function setPlan(order: Order, plan: Plan | undefined, actor: string, at: string): OrderStep {
  const { plan: _before, ...rest } = order;
  return {
    order: bumpVersion({ ...rest, ...(plan === undefined ? {} : { plan }) }, at),
    events: [{ at, type: plan === undefined ? 'order.plan_removed' : 'order.plan_set', actor }],
  };
}

/** The order cannot go on by itself. What it was doing is remembered, so that it can be resumed from there. */
export function markOrderFailed(order: Order, failure: Problem, at: string): OrderStep | undefined {
  return isFinished(order)
    ? undefined
    : transition(order, 'failed', at, 'system', { failure, failedFrom: order.state }, failure.detail);
}

/** A failed order goes on from where it failed. */
export function markOrderResumed(order: Order, actor: string, at: string): OrderStep | undefined {
  if (order.state !== 'failed' || order.failedFrom === undefined) {
    return undefined;
  }
  const { failure: _failure, failedFrom, ...rest } = order;
  const resumed = transition(rest, failedFrom, at, actor);
  return { ...resumed, events: resumed.events.map((event) => ({ ...event, type: 'order.resumed' })) };
}

/** Whether nothing more will happen to the order by itself. */
export function isFinished(order: Pick<Order, 'state' | 'operations'>): boolean {
  return order.state === 'delivered' ? order.operations.length === 0 : rankOf(order) > rankOf({ state: 'delivered' });
}

/** How far the order is; what is off the way (cancelled, rejected, failed) is beyond everything. */
function rankOf(order: Pick<Order, 'state'>): number {
  return rank[order.state] ?? Number.POSITIVE_INFINITY;
}

function tracking(answer: OperatorOrderStatus): Partial<Order> {
  return answer.trackingReference === undefined ? {} : { trackingReference: answer.trackingReference };
}

function transition(
  order: Order,
  to: OrderState,
  at: string,
  actor: string,
  change: Partial<Order> = {},
  detail: string | undefined = change.failure?.detail,
): OrderStep {
  return {
    order: bumpVersion({ ...order, ...change, state: to }, at),
    events: [{ at, type: `order.${to}`, from: order.state, to, actor, ...(detail === undefined ? {} : { detail }) }],
  };
}

function bumpVersion(order: Order, at: string): Order {
  return { ...order, updatedAt: at, version: order.version + 1 };
}

/** Why the SIMs of an order cannot be selected now. */
export function selectionProblem({ state }: Pick<Order, 'state'>): Problem<'wrong_state'> | undefined {
  return state === 'delivered' || state === 'fulfilled'
    ? undefined
    : {
        code: 'wrong_state',
        detail: `The order is ${state}. Its SIMs can be selected once they have been received.`,
      };
}

/** Whether SIMs of an order may still come: an operation on them can be scheduled then. */
export function canStillReceiveSims({ state }: Pick<Order, 'state'>): boolean {
  return !['cancelled', 'rejected'].includes(state);
}
