import { clock } from '../../adapters/clock.ts';
import { dueOrderPolls } from '../../adapters/dynamodb/order-polls.ts';
import { recordMetric } from '../../adapters/telemetry/metrics.ts';
import { pollOrder } from '../../use-cases/orders/poll-order.ts';
import { processDue } from '../background/process-due.ts';
import { createSchedule } from '../background/schedule.ts';

const ORDERS_PER_BATCH = 200;
/** The number of concurrent calls to operators. */
const MAX_CONCURRENCY = 8;

/** Polls the operators about due orders. */
export const handler = createSchedule(async (hasTime) => {
  const polled = await processDue(hasTime, {
    size: ORDERS_PER_BATCH,
    kind: 'orders',
    find: (limit) => dueOrderPolls(clock.now(), limit),
    process: ({ partnerId, orderId }) => pollOrder(partnerId, orderId),
    concurrency: MAX_CONCURRENCY,
  });
  recordMetric('OrdersPolled', polled);
});
