import { clock } from '../../adapters/clock.ts';
import { ConditionFailed } from '../../adapters/dynamodb/items.ts';
import { holdingWatchKey } from '../../adapters/dynamodb/keys.ts';
import {
  dueHoldingWatches,
  endHoldingWatch,
  getHoldingWatch,
  type OrderRef,
  removeHoldingWatch,
} from '../../adapters/dynamodb/orders.ts';
import { listSims } from '../../adapters/dynamodb/sim-lists.ts';
import { recordMetric } from '../../adapters/telemetry/metrics.ts';
import { recordWaitingSims } from '../../domain/order.ts';
import { applyOrderStep } from '../../use-cases/orders/apply-order-step.ts';
import { processDue } from '../background/process-due.ts';
import { createSchedule } from '../background/schedule.ts';

const ORDERS_PER_LOOK = 50;
const AT_A_TIME = 4;
/** Counted exactly up to this many; that there are more is enough to know. */
const MOST_COUNTED = 1000;

/**
 * Looks at orders some working days after their delivery: SIMs that are in holding still are told of, once per order, since
 * the partner is charged for them on the wrong service.
 */
export const handler = createSchedule(async (hasTime) => {
  await processDue(hasTime, {
    size: ORDERS_PER_LOOK,
    kind: 'holding',
    find: (limit) => dueHoldingWatches(clock.now(), limit),
    keyOf: ({ partnerId, orderId }) => holdingWatchKey(partnerId, orderId),
    process: look,
    concurrency: AT_A_TIME,
  });
});

async function look({ partnerId, orderId }: OrderRef): Promise<void> {
  const watch = await getHoldingWatch(partnerId, orderId);
  if (!watch) {
    return;
  }
  const waiting = await waitingOf(partnerId, orderId);
  if (waiting.found === 0) {
    await endHoldingWatch(partnerId, orderId);
    return;
  }
  const stepped = await stepUnlessEnded(partnerId, orderId, inWords(waiting), watch.days);
  if (stepped) {
    recordMetric('SimsWaitingInHolding', waiting.found, { operator: stepped.order.operatorId });
  }
}

/** Adds the event and ends the watch; `undefined` when another run, at the same time, has done so. */
async function stepUnlessEnded(partnerId: string, orderId: string, waiting: string, days: number) {
  const at = clock.now().toISOString();
  try {
    return await applyOrderStep(
      partnerId,
      orderId,
      (order) => recordWaitingSims(order, waiting, days, at),
      () => [removeHoldingWatch(partnerId, orderId)],
    );
  } catch (error) {
    if (error instanceof ConditionFailed) {
      return undefined;
    }
    throw error;
  }
}

/** How many SIMs of an order wait in holding, as far as they were counted, and whether there are more. */
type Waiting = { found: number; more: boolean };

async function waitingOf(partnerId: string, orderId: string): Promise<Waiting> {
  let found = 0;
  let after: string | undefined;
  do {
    const { items, next } = await listSims(partnerId, { orderId, state: 'in_holding' }, MOST_COUNTED - found, after);
    found += items.length;
    after = next;
  } while (after !== undefined && found < MOST_COUNTED);
  return { found, more: after !== undefined };
}

function inWords({ found, more }: Waiting): string {
  return `${found}${more ? ' or more' : ''} ${found === 1 ? 'SIM waits' : 'SIMs wait'}`;
}
