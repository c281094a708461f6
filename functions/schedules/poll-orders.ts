import { clock } from '../../adapters/clock.ts';
import { orderPollKey } from '../../adapters/dynamodb/keys.ts';
import {
  dueOrderPolls,
  endOrderPoll,
  getOrder,
  getOrderPoll,
  type OrderPoll,
  reschedulePoll,
} from '../../adapters/dynamodb/orders.ts';
import { answerTask } from '../../adapters/step-functions.ts';
import { correlation, logger } from '../../adapters/telemetry/logger.ts';
import { recordMetric } from '../../adapters/telemetry/metrics.ts';
import { HOUR_MS } from '../../domain/durations.ts';
import { OperatorUnavailable } from '../../domain/operator-port.ts';
import { advanceOrder, hoursBeyondLeadTime, isWithOperator, type Order } from '../../domain/order.ts';
import { operatorOf } from '../../use-cases/operators.ts';
import { applyOrderStep } from '../../use-cases/orders/apply-order-step.ts';
import { deliveryOutcome } from '../../use-cases/orders/delivery-outcome.ts';
import { processDue } from '../background/process-due.ts';
import { createSchedule } from '../background/schedule.ts';

/** Orders of one batch, and how many operators' answers are awaited at a time. */
const ORDERS_PER_LOOK = 200;
const ASKED_AT_A_TIME = 8;

/**
 * Asks the operators about the orders that are due, writes what is new, and lets the executions go on that awaited it.
 *
 * What was learned is written first and the token answered second; the watch ends last. Whatever a crash leaves out, the
 * next look does.
 */
export const handler = createSchedule(async (hasTime) => {
  const polled = await processDue(hasTime, {
    size: ORDERS_PER_LOOK,
    kind: 'orders',
    find: (limit) => dueOrderPolls(clock.now(), limit),
    keyOf: ({ partnerId, orderId }) => orderPollKey(partnerId, orderId),
    process: ({ partnerId, orderId }) => look(partnerId, orderId),
    concurrency: ASKED_AT_A_TIME,
  });
  recordMetric('OrdersPolled', polled);
});

async function look(partnerId: string, orderId: string): Promise<void> {
  // The watch first: an order that is read after it is at least as new, and resumed when the watch is the new one.
  const watch = await getOrderPoll(partnerId, orderId);
  const order = watch && (await getOrder(partnerId, orderId));
  if (!watch || !order) {
    return;
  }
  const asked = isWithOperator(order) ? await ask(partnerId, order, watch) : order;
  if (asked && !isWithOperator(asked)) {
    if (asked.taskToken) {
      await answerTask(asked.taskToken, deliveryOutcome(asked));
    }
    await endOrderPoll(partnerId, watch);
  } else {
    tellIfLate(asked ?? order);
  }
}

function tellIfLate({ id, operatorId, state, estimatedDelivery }: Order): void {
  const hours = hoursBeyondLeadTime(estimatedDelivery, clock.now());
  recordMetric('HoursBeyondLeadTime', hours);
  if (hours > 0) {
    const expected = estimatedDelivery.latest;
    logger.warn('order beyond its lead time', {
      ...correlation(id),
      operatorId,
      state,
      expected,
      hours: Math.floor(hours),
    });
  }
}

/** @returns the order as the answer left it; `undefined` when there was none. */
async function ask(partnerId: string, order: Order, watch: OrderPoll) {
  try {
    const answer = await operatorOf(order.operatorId).orderStatus(order.id);
    const stepped = await applyOrderStep(partnerId, order.id, (current) =>
      advanceOrder(current, answer, clock.now().toISOString()),
    );
    await reschedulePoll(partnerId, nextLook({ ...watch, asked: stepped?.taken ? 0 : watch.asked + 1, failures: 0 }));
    return stepped?.order;
  } catch (error) {
    if (!(error instanceof OperatorUnavailable)) {
      throw error;
    }
    logger.warn('operator unavailable', { ...correlation(order.id), operatorId: order.operatorId, error });
    await reschedulePoll(partnerId, nextLook({ ...watch, failures: watch.failures + 1 }));
    return undefined;
  }
}

const LONGEST_MS = 6 * HOUR_MS;

/**
 * An order that nothing is new of is asked about less and less, up to every six hours: an operator takes days. The
 * jitter keeps orders that were placed together from being asked about together.
 */
function nextLook(watch: OrderPoll): OrderPoll {
  const pause = Math.min(HOUR_MS * 2 ** Math.max(watch.asked, watch.failures), LONGEST_MS);
  return { ...watch, nextAt: new Date(clock.now().getTime() + pause * (0.8 + 0.4 * Math.random())).toISOString() };
}
