import type { CalendarDay } from './calendar-day.ts';
import type { ManualTaskId, OperationId } from './ids.ts';
import { laterOf } from './moment.ts';
import type { OperatorOrderStatus } from './operator-port.ts';
import {
  type CancellationOutcome,
  cancelProblem,
  isFinished,
  isWithOperator,
  type Order,
  type OrderState,
  type OrderStep,
  rankOf,
} from './order.ts';
import { type Plan, stagesOf } from './plan.ts';
import type { Problem } from './verdict.ts';

/*
 * Every transition of an order. Each returns the order and its new events, or `undefined` when the order's state does not
 * permit the transition.
 */

/**
 * The operator accepted the order. An order that was cancelled in the meantime stays cancelled.
 *
 * @param expectedDelivery the day that the operator named, if any. It replaces the estimate.
 */
export function markOrderAccepted(
  order: Order,
  operatorReference: string,
  at: string,
  expectedDelivery?: CalendarDay,
): OrderStep | undefined {
  const expected = expectedDelivery && {
    estimatedDelivery: { earliest: expectedDelivery, latest: expectedDelivery },
  };
  return order.state === 'submitted'
    ? transition(order, 'accepted', at, order.operatorId, { operatorReference, ...expected })
    : undefined;
}

/**
 * The order is about to be sent to an operator whose orders are not idempotent. From then on it cannot be cancelled until the
 * operator has confirmed it. An order that another attempt has recorded as sent, or whose cancellation is in progress, is not sent.
 */
export function markOrderSent(order: Order, at: string): OrderStep | undefined {
  return order.state === 'submitted' && order.sentAt === undefined && order.cancelRequestedBy === undefined
    ? { order: bumpVersion({ ...order, sentAt: at }, at), events: [] }
    : undefined;
}

/** Nobody knows whether the operator has taken the order. The platform's staff ask, and accept or reject the order. */
export function markOutcomeUnknown(order: Order, at: string): OrderStep | undefined {
  if (order.state !== 'submitted' || order.outcomeUnknown) {
    return undefined;
  }
  const detail =
    'The operator did not confirm the order, and its list of orders does not show whether it has it. The platform’s staff will ask the operator.';
  return {
    order: bumpVersion({ ...order, outcomeUnknown: true }, at),
    events: [{ at, type: 'order.unconfirmed', actor: 'system', detail }],
  };
}

/** The operator rejected the order, or withdrew it before dispatch. */
export function markOrderRejected(order: Order, reason: string, at: string): OrderStep | undefined {
  return rankOf(order) < rankOf({ state: 'dispatched' })
    ? transition(order, 'rejected', at, order.operatorId, { failure: { code: 'operator_rejected', detail: reason } })
    : undefined;
}

/**
 * Applies the operator's report. Reports may arrive late, repeated and out of order: an order never moves backwards, and a
 * report without news gives `undefined`. `delivered` at the operator means that the SIMs can be received (`arrivedAt`);
 * the order itself is `delivered` once they have been.
 */
export function advanceOrder(order: Order, report: OperatorOrderStatus, at: string): OrderStep | undefined {
  if (!isWithOperator(order)) {
    return undefined;
  }
  switch (report.status) {
    case 'rejected':
      return markOrderRejected(order, report.reason ?? 'The operator gave no reason.', at);
    case 'cancelled':
      return rankOf(order) < rankOf({ state: 'dispatched' })
        ? transition(order, 'cancelled', at, order.cancelRequestedBy ?? order.operatorId, {}, report.reason)
        : undefined;
    case 'delivered':
      return markArrived(order, report, at);
    default:
      return rankOf({ state: report.status }) > rankOf(order)
        ? transition(order, report.status, at, order.operatorId, tracking(report))
        : recordTracking(order, report, at);
  }
}

/** The staff report that the operator dispatched a manual order. */
export function markManuallyDispatched(
  order: Order,
  shipment: Pick<Order, 'trackingReference' | 'carrier'>,
  at: string,
): OrderStep | undefined {
  return order.state === 'accepted' || order.state === 'processing'
    ? transition(order, 'dispatched', at, order.operatorId, shipment)
    : undefined;
}

/**
 * The staff report that a manual order has arrived, with the SIMs that were loaded. An order that was not reported as dispatched
 * is dispatched first, as with operators that report only the delivery.
 */
export function markManuallyDelivered(
  order: Order,
  newOperationId: () => OperationId,
  at: string,
): OrderStep | undefined {
  if (order.state === 'submitted' || !isWithOperator(order)) {
    return undefined;
  }
  const arrived = markArrived(order, { status: 'delivered' }, at);
  const delivered = markOrderDelivered(arrived.order, order.progress.received, newOperationId, at);
  return delivered && { order: delivered.order, events: [...arrived.events, ...delivered.events] };
}

/** Records the tracking reference, if the report is the first to contain it. */
function recordTracking(order: Order, report: OperatorOrderStatus, at: string): OrderStep | undefined {
  return report.trackingReference !== undefined && order.trackingReference === undefined
    ? {
        order: bumpVersion({ ...order, ...tracking(report) }, at),
        events: [{ at, type: 'order.tracked', actor: order.operatorId, detail: report.trackingReference }],
      }
    : undefined;
}

function markArrived(order: Order, report: OperatorOrderStatus, at: string): OrderStep {
  const dispatched =
    order.state === 'dispatched'
      ? { order: bumpVersion({ ...order, ...tracking(report) }, at), events: [] }
      : transition(order, 'dispatched', at, order.operatorId, tracking(report));
  return {
    order: { ...dispatched.order, arrivedAt: at },
    events: [...dispatched.events, { at, type: 'order.arrived', actor: order.operatorId }],
  };
}

/** Every delivered SIM is in holding. Fewer SIMs than ordered are a shortfall, not a failure. */
export function markOrderDelivered(
  order: Order,
  receivedQuantity: number,
  newOperationId: () => OperationId,
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

/** SIMs of the order have been in holding for too long. */
export function recordWaitingSims(order: Order, waiting: string, days: number, at: string): OrderStep {
  const detail = `${waiting} in holding for more than ${days} working ${days === 1 ? 'day' : 'days'}. Migrate them to a partner service.`;
  return {
    order: bumpVersion(order, at),
    events: [{ at, type: 'sims.waiting_in_holding', actor: 'system', detail }],
  };
}

/** The plan has run for every received SIM, successfully or not. */
export function markOrderFulfilled(order: Order, at: string): OrderStep | undefined {
  return order.state === 'delivered' && order.operations.length > 0
    ? transition(order, 'fulfilled', at, 'system', {}, failedSims(order.progress.failed))
    : undefined;
}

function failedSims(failed: number): string | undefined {
  return failed === 0 ? undefined : `${failed} ${failed === 1 ? 'SIM' : 'SIMs'} could not complete the plan.`;
}

/**
 * A user requested the cancellation. Recorded before the operator is asked, because the poller may see its answer first.
 *
 * @param cancelTaskId the task of the staff, if they ask the operator.
 */
export function requestOrderCancellation(
  order: Order,
  actor: string,
  at: string,
  cancelTaskId?: ManualTaskId,
): OrderStep | undefined {
  return cancelProblem(order)
    ? undefined
    : {
        order: bumpVersion({ ...order, cancelRequestedBy: actor, ...(cancelTaskId && { cancelTaskId }) }, at),
        events: [{ at, type: 'order.cancel_requested', actor }],
      };
}

/** The operator refused to cancel the order, which continues. */
export function markCancellationRefused(order: Order, reason: string, at: string): OrderStep {
  const { cancelRequestedBy: _requestedBy, cancelTaskId: _task, ...rest } = order;
  return {
    order: bumpVersion(rest, at),
    events: [{ at, type: 'order.cancel_refused', actor: order.operatorId, detail: reason }],
  };
}

/** A user cancelled the order, and the operator agreed. */
export function markOrderCancelled(order: Order, actor: string, at: string, detail?: string): OrderStep | undefined {
  return cancelProblem(order) ? undefined : transition(order, 'cancelled', at, actor, {}, detail);
}

/** The staff report the operator's answer to the cancellation of a manual order. */
export function markCancellationAnswered(
  order: Order,
  { outcome, reason }: CancellationOutcome,
  at: string,
): OrderStep | undefined {
  const answered: Order = { ...order, cancelAnswer: { outcome, ...(reason === undefined ? {} : { reason }) } };
  return outcome === 'cancelled'
    ? markOrderCancelled(answered, order.cancelRequestedBy ?? order.operatorId, at, reason)
    : markCancellationRefused(answered, reason ?? 'The operator gave no reason.', at);
}

/** Sets the plan of the order, or removes it. */
export function setPlan(order: Order, plan: Plan | undefined, actor: string, at: string): OrderStep {
  const { plan: _before, ...rest } = order;
  return {
    order: bumpVersion({ ...rest, ...(plan === undefined ? {} : { plan }) }, at),
    events: [{ at, type: plan === undefined ? 'order.plan_removed' : 'order.plan_set', actor }],
  };
}

/** The order cannot continue automatically. `failedFrom` is the state to which it resumes. */
export function markOrderFailed(order: Order, failure: Problem, at: string): OrderStep | undefined {
  return isFinished(order)
    ? undefined
    : transition(order, 'failed', at, 'system', { failure, failedFrom: order.state }, failure.detail);
}

/** A failed order continues in the state in which it failed. */
export function markOrderResumed(order: Order, actor: string, at: string): OrderStep | undefined {
  if (order.state !== 'failed' || order.failedFrom === undefined) {
    return undefined;
  }
  const { failure: _failure, failedFrom, ...rest } = order;
  const resumed = transition(rest, failedFrom, at, actor);
  return { ...resumed, events: resumed.events.map((event) => ({ ...event, type: 'order.resumed' })) };
}

/**
 * Keeps a timeline in order: dates a step no earlier than the preceding one, even if the clocks of the processes differ.
 */
export function withMonotonicTime({ updatedAt }: Pick<Order, 'updatedAt'>, { order, events }: OrderStep): OrderStep {
  return {
    order: { ...order, updatedAt: laterOf(updatedAt, order.updatedAt) },
    events: events.map((event) => ({ ...event, at: laterOf(updatedAt, event.at) })),
  };
}

function tracking(report: OperatorOrderStatus): Partial<Order> {
  return report.trackingReference === undefined ? {} : { trackingReference: report.trackingReference };
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
