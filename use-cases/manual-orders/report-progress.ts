import { completionWrites, getManualTask } from '../../adapters/dynamodb/manual-tasks.ts';
import type { OrderRecord } from '../../adapters/dynamodb/orders.ts';
import type { Write } from '../../adapters/dynamodb/write-requests.ts';
import { answerTask } from '../../adapters/step-functions.ts';
import { correlation, logger } from '../../adapters/telemetry/logger.ts';
import type { CalendarDay } from '../../domain/calendar-day.ts';
import { expectedDateViolations } from '../../domain/delivery-dates.ts';
import type { OrderId, PartnerId } from '../../domain/ids.ts';
import {
  awaitsCancellation,
  awaitsStaff,
  type CancellationOutcome,
  cancelProblem,
  isWithOperator,
  type Order,
  type OrderStep,
} from '../../domain/order.ts';
import {
  markCancellationAnswered,
  markManuallyDispatched,
  markOrderAccepted,
  markOrderRejected,
} from '../../domain/order-steps.ts';
import {
  isKnownAcceptance,
  isKnownCancellationOutcome,
  isKnownDispatch,
  isKnownRejection,
} from '../../domain/repeated-reports.ts';
import { operatorOfOrder } from '../known-operator.ts';
import { applyOrderStep } from '../orders/apply-order-step.ts';
import { deliveryOutcome } from '../orders/delivery-outcome.ts';
import { invalidInput, orNotFound } from '../refusal.ts';
import {
  readManualOrder,
  requireAnsweredCancellation,
  requireCompleteFiles,
  requireDecision,
  requireManual,
  wrongState,
} from './manual-order.ts';

/*
 * The platform's staff report what an operator without an API does with an order. Each report is a step of the order's usual
 * life. A repeated report changes nothing. Every function throws Refusal `not_found`, `not_manual`, and `wrong_state` when the
 * order's state does not permit the step.
 */

/**
 * The operator accepted the order. `expectedDelivery` replaces the estimate.
 *
 * @throws Refusal `invalid_input` for a day in the past or too far ahead.
 */
export async function acceptOrder(
  partnerId: PartnerId,
  id: OrderId,
  report: { operatorReference: string; expectedDelivery?: CalendarDay | undefined },
  now: Date,
): Promise<OrderRecord> {
  const order = await readManualOrder(partnerId, id, requireDecision);
  const { operatorReference, expectedDelivery } = report;
  const violations = expectedDateViolations(await operatorOfOrder(order), expectedDelivery, now);
  return applyReport(partnerId, id, {
    require: requireDecision,
    rule: 'Only submitted orders can be accepted.',
    isKnown: (current) => isKnownAcceptance(current, report),
    take: (current) => {
      const accepted = markOrderAccepted(current, operatorReference, now.toISOString(), expectedDelivery);
      if (accepted && violations.length > 0) {
        throw invalidInput(violations);
      }
      return accepted;
    },
  });
}

/** The operator rejected the order, or withdrew it before dispatch. */
export async function rejectOrder(partnerId: PartnerId, id: OrderId, reason: string, now: Date): Promise<OrderRecord> {
  return applyReport(partnerId, id, {
    require: requireDecision,
    rule: 'Only orders that have not been dispatched and have no SIMs loaded can be rejected.',
    isKnown: (order) => isKnownRejection(order, reason),
    take: (order) => {
      requireAnsweredCancellation(order);
      requireCompleteFiles(order);
      // The operator itself reports what happens to an order after its acceptance over an API.
      const isDecided = !awaitsStaff(order);
      return isDecided || cancelProblem(order) ? undefined : markOrderRejected(order, reason, now.toISOString());
    },
  });
}

/** The operator dispatched the order. */
export async function dispatchOrder(
  partnerId: PartnerId,
  id: OrderId,
  shipment: { trackingReference?: string | undefined; carrier?: string | undefined },
  now: Date,
): Promise<OrderRecord> {
  const { trackingReference, carrier } = shipment;
  return applyReport(partnerId, id, {
    rule: 'Only accepted orders can be dispatched.',
    isKnown: (order) => isKnownDispatch(order, shipment),
    take: (order) => {
      requireAnsweredCancellation(order);
      return markManuallyDispatched(
        order,
        {
          ...(trackingReference === undefined ? {} : { trackingReference }),
          ...(carrier === undefined ? {} : { carrier }),
        },
        now.toISOString(),
      );
    },
  });
}

/** Records the operator's answer to the cancellation that the partner requested, and completes the task. */
export async function answerCancellation(
  partnerId: PartnerId,
  id: OrderId,
  answer: CancellationOutcome,
  { actor, now }: { actor: string; now: Date },
): Promise<OrderRecord> {
  const at = now.toISOString();
  const { cancelTaskId } = await readManualOrder(partnerId, id);
  const task = cancelTaskId === undefined ? undefined : await getManualTask(cancelTaskId);
  return applyReport(partnerId, id, {
    rule: 'There is no open cancellation request.',
    isKnown: (order) => isKnownCancellationOutcome(order, answer),
    take: (order) => {
      requireCompleteFiles(order);
      return awaitsCancellation(order) && order.cancelTaskId === cancelTaskId
        ? markCancellationAnswered(order, answer, at)
        : undefined;
    },
    also: task?.state === 'open' ? completionWrites(task, actor, at) : [],
  });
}

/** A report of the staff. */
type ProgressReport = {
  /** Throws for orders that staff do not report about. */
  require?: (order: Order) => void;
  /** The sentence that says when the step is permitted. */
  rule: string;
  /** Whether the order already shows everything that the report states. */
  isKnown: (order: Order) => boolean;
  take: (order: OrderRecord) => OrderStep | undefined;
  also?: readonly Write[];
};

/** Records a step of a manual order, unless it is known, and ends the execution that awaits the delivery when the order has ended. */
async function applyReport(
  partnerId: PartnerId,
  id: OrderId,
  { require = requireManual, rule, isKnown, take, also = [] }: ProgressReport,
): Promise<OrderRecord> {
  const { order, taken } = orNotFound(
    await applyOrderStep(
      partnerId,
      id,
      (current) => {
        require(current);
        return isKnown(current) ? undefined : take(current);
      },
      () => also,
    ),
    'order',
    id,
  );
  if (!taken && !isKnown(order)) {
    throw wrongState(order, rule);
  }
  await resumeExecution(order);
  return order;
}

/**
 * Answers the execution that awaits the delivery, if the order is no longer with its operator. The report is saved by then, so an
 * error is only logged: the poll of the order answers later.
 */
export async function resumeExecution(order: OrderRecord): Promise<void> {
  if (isWithOperator(order) || !order.taskToken) {
    return;
  }
  try {
    await answerTask(order.taskToken, deliveryOutcome(order));
  } catch (error) {
    logger.error('execution not resumed: retried by the poll', { ...correlation(order.id), error });
  }
}
