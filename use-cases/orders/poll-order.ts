import { clock } from '../../adapters/clock.ts';
import { endOrderPoll, getOrderPoll, reschedulePoll } from '../../adapters/dynamodb/order-polls.ts';
import { getOrder } from '../../adapters/dynamodb/orders.ts';
import { answerTask } from '../../adapters/step-functions.ts';
import { correlation, logger } from '../../adapters/telemetry/logger.ts';
import { recordMetric } from '../../adapters/telemetry/metrics.ts';
import type { OrderId, PartnerId } from '../../domain/ids.ts';
import { OperatorUnavailable } from '../../domain/operator-port.ts';
import { awaitsStaff, hoursBeyondLeadTime, isWithOperator, type Order } from '../../domain/order.ts';
import { nextPoll, type OrderPoll } from '../../domain/order-poll.ts';
import { advanceOrder } from '../../domain/order-steps.ts';
import { operatorOf } from '../operator-gateway.ts';
import { applyOrderStep } from './apply-order-step.ts';
import { deliveryOutcome } from './delivery-outcome.ts';

/**
 * Polls the operator about an order.
 *
 * 1. Ask the operator for the order's status, save any news and schedule the next poll. For a manual order the platform's
 *    staff report the news, so the operator is not asked.
 * 2. When the order is no longer with its operator, answer the execution that awaits the delivery, then end the poll. If a
 *    crash interrupts this, the next poll repeats it.
 * 3. Otherwise report an order that is beyond its lead time.
 */
export async function pollOrder(partnerId: PartnerId, orderId: OrderId): Promise<void> {
  // The poll is read first, so that the order is at least as recent: the poll of a resumed order never sees the failed order.
  const poll = await getOrderPoll(partnerId, orderId);
  const order = poll && (await getOrder(partnerId, orderId));
  if (!poll || !order) {
    return;
  }
  const current = isWithOperator(order) ? await look(partnerId, order, poll) : order;
  if (current && !isWithOperator(current)) {
    if (current.taskToken) {
      await answerTask(current.taskToken, deliveryOutcome(current));
    }
    await endOrderPoll(partnerId, poll);
  } else {
    reportIfLate(current ?? order);
  }
}

/** @returns the order as it is now; `undefined` when the operator did not answer. */
async function look(partnerId: PartnerId, order: Order & { taskToken?: string }, poll: OrderPoll) {
  if (!awaitsStaff(order)) {
    return askOperator(partnerId, order, poll);
  }
  await reschedulePoll(partnerId, nextPoll(poll, 'no_news', clock.now(), Math.random()));
  return order;
}

/** @returns the order after the operator's answer; `undefined` when the operator did not answer. */
async function askOperator(partnerId: PartnerId, order: Order, poll: OrderPoll) {
  try {
    const report = await operatorOf(order.operatorId).orderStatus(order);
    const stepped = await applyOrderStep(partnerId, order.id, (current) =>
      advanceOrder(current, report, clock.now().toISOString()),
    );
    const outcome = stepped?.taken ? 'news' : 'no_news';
    await reschedulePoll(partnerId, nextPoll(poll, outcome, clock.now(), Math.random()));
    return stepped?.order;
  } catch (error) {
    if (!(error instanceof OperatorUnavailable)) {
      throw error;
    }
    logger.warn('operator unavailable', { ...correlation(order.id), operatorId: order.operatorId, error });
    await reschedulePoll(partnerId, nextPoll(poll, 'unavailable', clock.now(), Math.random()));
    return undefined;
  }
}

function reportIfLate(order: Order): void {
  const { id, operatorId, state, estimatedDelivery } = order;
  const hours = hoursBeyondLeadTime(order, clock.now());
  recordMetric('HoursBeyondLeadTime', hours);
  if (hours > 0) {
    logger.warn('order beyond its lead time', {
      ...correlation(id),
      operatorId,
      state,
      expected: estimatedDelivery.latest,
      hours: Math.floor(hours),
    });
  }
}
