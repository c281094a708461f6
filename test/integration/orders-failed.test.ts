import { expect, test } from '@jest/globals';
import { useLocalCloud } from './local-cloud.ts';
import { is, type Order } from './partner.ts';

// Ninety days have to pass.
const cloud = useLocalCloud({ dayMs: 50 });
const acme = cloud.partner('acme-failed');

test('an order that is not delivered within ninety days has failed; resumed, it goes on from there', async () => {
  await cloud.operator('3uk').behaves({ leadTimeDays: 75 });
  const { partnerServiceId } = await acme.aPlan();
  const placed = await acme.ordersAccepted({ operatorId: '3uk', quantity: 50, plan: { partnerServiceId } });
  const failed = await acme.orderIn(placed.id, 'failed');
  expect(failed.failure).toEqual({ code: 'delivery_timeout', detail: expect.stringMatching(/90 days/) });
  expect(failed.receivedQuantity).toBe(0);
  expect((await acme.eventsOf(placed.id)).at(-1)).toMatchObject({
    type: 'order.failed',
    to: 'failed',
    actor: 'system',
  });
  is(409, await acme.api.put(`/v1/orders/${placed.id}/plan`, { partnerServiceId }));

  const resumed = is(200, await acme.api.post<Order>(`/v1/orders/${placed.id}/resume`));
  expect(resumed).not.toHaveProperty('failure');
  expect(['accepted', 'processing', 'dispatched']).toContain(resumed.state);
  const order = await acme.orderIn(placed.id, 'fulfilled');
  expect(order.progress).toEqual({ received: 50, migrated: 50, assigned: 0, activated: 0, failed: 0 });
  expect(await acme.sims({ orderId: placed.id, state: 'in_stock' })).toHaveLength(50);
  expect((await acme.eventsOf(placed.id)).map(({ type }) => type)).toContain('order.resumed');
  is(409, await acme.api.post(`/v1/orders/${placed.id}/resume`));
});
