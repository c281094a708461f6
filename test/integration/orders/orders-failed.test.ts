import { beforeAll, expect, test } from '@jest/globals';
import { eventually, useLocalCloud } from '../support/local-cloud.ts';
import { is, type Order, type Page } from '../support/partner.ts';

type DeadLetter = { id: string; kind: string; partnerId?: string; subject: string; error: string };

const cloud = useLocalCloud();
const acme = cloud.partner('acme-failed');

/** 150 working days are at least 210 days, and with bank holidays at most 220: no order is delivered before it has failed. */
beforeAll(() => cloud.operator('3uk').behaves({ leadTimeDays: 150 }));

/**
 * An order fails after 90 days. It is then left alone, so that after it continues, the operator delivers within another
 * 90 days. Both skips leave more than a month for a slow machine.
 */
const untilFailed = { days: 91 };
const leftAlone = { days: 75 };
const untilDelivered = { days: 60 };

test('an order that is not delivered within ninety days fails, and continues when it is resumed', async () => {
  const { partnerServiceId } = await acme.aPlan();
  const placed = await acme.ordersAccepted({ operatorId: '3uk', quantity: 50, plan: { partnerServiceId } });
  await cloud.clock.skip(untilFailed);
  const failed = await acme.orderIn(placed.id, 'failed');
  expect(failed.failure).toEqual({ code: 'delivery_timeout', detail: expect.stringMatching(/90 days/) });
  expect(failed.receivedQuantity).toBe(0);
  expect((await acme.eventsOf(placed.id)).at(-1)).toMatchObject({
    type: 'order.failed',
    to: 'failed',
    actor: 'system',
  });
  is(409, await acme.api.put(`/v1/orders/${placed.id}/plan`, { partnerServiceId }));

  await cloud.clock.skip(leftAlone);
  const resumed = is(200, await acme.api.post<Order>(`/v1/orders/${placed.id}/resume`));
  expect(resumed).not.toHaveProperty('failure');
  expect(['accepted', 'processing', 'dispatched']).toContain(resumed.state);
  await cloud.clock.skip(untilDelivered);
  const order = await acme.orderIn(placed.id, 'fulfilled');
  expect(order.progress).toEqual({ received: 50, migrated: 50, assigned: 0, activated: 0, failed: 0 });
  expect(await acme.sims({ orderId: placed.id, state: 'in_stock' })).toHaveLength(50);
  expect((await acme.eventsOf(placed.id)).map(({ type }) => type)).toContain('order.resumed');
  is(409, await acme.api.post(`/v1/orders/${placed.id}/resume`));
});

test('a failed order is dead-lettered, and continues after a redrive', async () => {
  const { id } = await acme.ordersAccepted({ operatorId: '3uk', quantity: 50 });
  await cloud.clock.skip(untilFailed);
  await acme.orderIn(id, 'failed');
  const platform = cloud.as({ roles: ['platform'] });
  const entry = await eventually(async () => {
    const { items } = is(200, await platform.get<Page<DeadLetter>>('/v1/platform/set-aside?limit=200'));
    const found = items.find(({ subject }) => subject === id);
    expect(found).toMatchObject({
      kind: 'order',
      partnerId: acme.id,
      error: expect.stringMatching(/^delivery_timeout: /),
    });
    return found;
  });
  await cloud.clock.skip(leftAlone);
  is(204, await platform.post(`/v1/platform/set-aside/${entry?.id}/put-back`));
  await cloud.clock.skip(untilDelivered);
  await acme.orderIn(id, 'delivered');
  expect((await acme.eventsOf(id)).map(({ type }) => type)).toContain('order.resumed');
});
