import { clock } from '../../adapters/clock.ts';
import { dueHoldingWatches } from '../../adapters/dynamodb/holding-watches.ts';
import { reportSimsInHolding } from '../../use-cases/orders/report-sims-in-holding.ts';
import { processDue } from '../background/process-due.ts';
import { createSchedule } from '../background/schedule.ts';

const ORDERS_PER_BATCH = 50;
const MAX_CONCURRENCY = 4;

/** Reports SIMs that are still in holding some working days after the delivery of their order. */
export const handler = createSchedule(async (hasTime) => {
  await processDue(hasTime, {
    size: ORDERS_PER_BATCH,
    kind: 'holding',
    find: (limit) => dueHoldingWatches(clock.now(), limit),
    process: ({ partnerId, orderId }) => reportSimsInHolding(partnerId, orderId),
    concurrency: MAX_CONCURRENCY,
  });
});
