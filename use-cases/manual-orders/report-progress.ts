import { completionWrites, getManualTask } from '../../adapters/dynamodb/manual-tasks.ts';
import type { OrderRecord } from '../../adapters/dynamodb/orders.ts';
import type { Write } from '../../adapters/dynamodb/write-requests.ts';
import { answerTask } from '../../adapters/step-functions.ts';
import { correlation, logger } from '../../adapters/telemetry/logger.ts';
import type { CalendarDay } from '../../domain/calendar-day.ts';
import { awaitsCancellation, cancelProblem, isWithOperator, type OrderStep } from '../../domain/order.ts';
import {
  markCancellationRefused,
  markManuallyDispatched,
  markOrderAccepted,
  markOrderCancelled,
  markOrderRejected,
} from '../../domain/order-steps.ts';
import { applyOrderStep } from '../orders/apply-order-step.ts';
import { deliveryOutcome } from '../orders/delivery-outcome.ts';
import { orNotFound, Refusal } from '../refusal.ts';
import { readManualOrder, requireAnsweredCancellation, requireCompleteFiles, requireManual } from './manual-order.ts';

/*
 * The platform's staff report what an operator without an API does with an order. Each report is a step of the order's usual
 * life. Every function throws Refusal `not_found`, `not_manual`, and `wrong_state` when the order's state does not permit the step.
 */

/** The operator accepted the order. `expectedDelivery` replaces the estimate. */
export async function acceptOrder(
  partnerId: string,
  id: string,
  { operatorReference, expectedDelivery }: { operatorReference: string; expectedDelivery?: CalendarDay | undefined },
  now: Date,
): Promise<OrderRecord> {
  return report(partnerId, id, 'Only submitted orders can be accepted.', (order) =>
    markOrderAccepted(order, operatorReference, now.toISOString(), expectedDelivery),
  );
}

/** The operator rejected the order, or withdrew it before dispatch. */
export async function rejectOrder(partnerId: string, id: string, reason: string, now: Date): Promise<OrderRecord> {
  return report(
    partnerId,
    id,
    'Only orders that have not been dispatched and have no SIMs loaded can be rejected.',
    (order) => {
      requireAnsweredCancellation(order);
      requireCompleteFiles(order);
      return cancelProblem(order) ? undefined : markOrderRejected(order, reason, now.toISOString());
    },
  );
}

/** The operator dispatched the order. */
export async function dispatchOrder(
  partnerId: string,
  id: string,
  shipment: { trackingReference?: string | undefined; carrier?: string | undefined },
  now: Date,
): Promise<OrderRecord> {
  const { trackingReference, carrier } = shipment;
  return report(partnerId, id, 'Only accepted orders can be dispatched.', (order) => {
    requireAnsweredCancellation(order);
    return markManuallyDispatched(
      order,
      {
        ...(trackingReference === undefined ? {} : { trackingReference }),
        ...(carrier === undefined ? {} : { carrier }),
      },
      now.toISOString(),
    );
  });
}

/** The operator's answer to a cancellation. */
export type CancellationOutcome = { outcome: 'cancelled' | 'refused'; reason?: string | undefined };

/** Records the operator's answer to the cancellation that the partner requested, and completes the task. */
export async function answerCancellation(
  partnerId: string,
  id: string,
  { outcome, reason }: CancellationOutcome,
  { actor, now }: { actor: string; now: Date },
): Promise<OrderRecord> {
  const at = now.toISOString();
  const { cancelTaskId } = await readManualOrder(partnerId, id);
  const task = cancelTaskId === undefined ? undefined : await getManualTask(cancelTaskId);
  return report(
    partnerId,
    id,
    'There is no open cancellation request.',
    (order) => {
      requireCompleteFiles(order);
      if (!awaitsCancellation(order) || order.cancelTaskId !== cancelTaskId) {
        return undefined;
      }
      return outcome === 'cancelled'
        ? markOrderCancelled(order, order.cancelRequestedBy ?? order.operatorId, at, reason)
        : markCancellationRefused(order, reason ?? 'The operator gave no reason.', at);
    },
    task?.state === 'open' ? completionWrites(task, actor, at) : [],
  );
}

/**
 * Records a step of a manual order, and ends the execution that awaits the delivery when the order has ended.
 *
 * @param rule the sentence that says when the step is permitted.
 */
async function report(
  partnerId: string,
  id: string,
  rule: string,
  take: (order: OrderRecord) => OrderStep | undefined,
  also: readonly Write[] = [],
): Promise<OrderRecord> {
  const stepped = orNotFound(
    await applyOrderStep(
      partnerId,
      id,
      (order) => {
        requireManual(order);
        return take(order);
      },
      () => also,
    ),
    'order',
    id,
  );
  if (!stepped.taken) {
    throw new Refusal('wrong_state', `The order is ${stepped.order.state}. ${rule}`);
  }
  await resumeExecution(stepped.order);
  return stepped.order;
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
