import { beforeAll, expect, test } from '@jest/globals';
import { endOrderPoll, getOrderPoll, reschedulePoll } from '../../../adapters/dynamodb/order-polls.ts';
import { createOrder, type OrderRecord, saveOrderStep } from '../../../adapters/dynamodb/orders.ts';
import { firstRun } from '../../../adapters/dynamodb/runs.ts';
import { asId } from '../../../domain/ids.ts';
import { noProgress, type Order, type OrderStep } from '../../../domain/order.ts';
import type { OrderPoll } from '../../../domain/order-poll.ts';
import { markOrderAccepted, markOrderFailed, markOrderResumed } from '../../../domain/order-steps.ts';
import { useTableOf } from '../../../local/table-of-cloud.ts';
import { useLocalCloud } from '../support/local-cloud.ts';

const cloud = useLocalCloud();
const PARTNER = asId('partner', `acme-watch-${process.pid}`);
const id = asId('order', `ord_${Date.now()}`);
// Far ahead, so that no schedule of the cloud processes it.
const at = '2099-01-05T09:00:00.000Z';

beforeAll(() => useTableOf(cloud.cloud()));

/** Saves a step, and returns the current poll. */
async function step(take: (order: OrderRecord) => OrderStep | undefined): Promise<OrderPoll> {
  expect((await saveOrderStep(PARTNER, id, take))?.taken).toBe(true);
  const watch = await getOrderPoll(PARTNER, id);
  if (!watch) {
    throw new Error('The order is not polled.');
  }
  return watch;
}

test('an order that failed and was resumed gets a new poll, which the end of the former poll leaves alone', async () => {
  const order: Order = {
    id,
    operatorId: asId('operator', 'a1'),
    quantity: 20,
    receivedQuantity: 0,
    state: 'submitted',
    deliveryAddress: { name: 'Acme', lines: ['1 Dock Road'], city: 'London', postalCode: 'E16 1AA', country: 'GB' },
    estimatedDelivery: { earliest: '2099-01-08', latest: '2099-01-12' },
    progress: noProgress,
    operations: [],
    requestedBy: 'ada',
    createdAt: at,
    updatedAt: at,
    version: 1,
  };
  await createOrder(PARTNER, { order, events: [] }, firstRun(new Date(at)));
  const former = await step((taken) => markOrderAccepted(taken, 'A1-1', at));
  await step((taken) => markOrderFailed(taken, { code: 'delivery_timeout', detail: 'It took too long.' }, at));
  const latter = await step((taken) => markOrderResumed(taken, 'ada', at));
  expect(latter.since).toBeGreaterThan(former.since);

  await reschedulePoll(PARTNER, { ...former, asked: 9, nextAt: '2099-02-01T00:00:00.000Z' });
  await endOrderPoll(PARTNER, former);
  expect(await getOrderPoll(PARTNER, id)).toEqual(latter);

  await reschedulePoll(PARTNER, { ...latter, asked: 1 });
  expect(await getOrderPoll(PARTNER, id)).toEqual({ ...latter, asked: 1 });
  await endOrderPoll(PARTNER, latter);
  expect(await getOrderPoll(PARTNER, id)).toBeUndefined();
});
