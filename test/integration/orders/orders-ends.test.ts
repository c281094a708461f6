import { beforeAll, describe, expect, test } from '@jest/globals';
import { eventually, useLocalCloud } from '../support/local-cloud.ts';
import { is, type Order, type ProblemDocument } from '../support/partner.ts';

const cloud = useLocalCloud();
const acme = cloud.partner('acme-ends');

beforeAll(async () => {
  await Promise.all([
    cloud.operator('3uk').behaves({ rejectOrders: true }),
    cloud.operator('3ireland').behaves({ leadTimeDays: 0, shipFraction: 0.5 }),
    cloud.operator('orange').behaves({ leadTimeDays: 0, shipFraction: 0 }),
    // Two weeks at least; shipping takes the last one or two days.
    cloud.operator('a1').behaves({ leadTimeDays: 10 }),
  ]);
});

const cancel = (id: string) => acme.api.post<Order & ProblemDocument>(`/v1/orders/${id}/cancel`);

test.concurrent('an order that the operator rejects ends there, with the operator’s reason', async () => {
  const { id } = await acme.orders({ operatorId: '3uk', quantity: 50, plan: await acme.aPlan() });
  const order = await acme.orderIn(id, 'rejected');
  expect(order).toMatchObject({
    receivedQuantity: 0,
    failure: { code: 'operator_rejected', detail: expect.stringMatching(/does not accept orders/) },
    progress: { received: 0, migrated: 0, assigned: 0, activated: 0, failed: 0 },
    operations: [],
  });
  expect(await acme.statesOf(id)).toEqual(['submitted', 'rejected']);
  expect((await acme.eventsOf(id)).at(-1)).toMatchObject({ type: 'order.rejected', from: 'submitted', actor: '3uk' });
  expect(is(409, await cancel(id)).type).toMatch(/wrong_state$/);
  is(409, await acme.api.put(`/v1/orders/${id}/plan`, await acme.aPlan()));
  expect(await acme.sims({ orderId: id })).toEqual([]);
});

describe('an operator that delivers fewer SIMs than ordered', () => {
  test.concurrent('leaves the order delivered, with the shortfall on its timeline', async () => {
    const { id } = await acme.orders({ operatorId: '3ireland', quantity: 50 });
    const order = await acme.orderIn(id, 'delivered');
    expect(order).toMatchObject({ quantity: 50, receivedQuantity: 25, progress: { received: 25 } });
    const shortfalls = (await acme.eventsOf(id)).filter(({ type }) => type === 'order.shortfall');
    expect(shortfalls).toEqual([
      { at: expect.any(String), type: 'order.shortfall', actor: '3ireland', detail: expect.stringMatching(/25 of 50/) },
    ]);
    expect(await acme.sims({ orderId: id, state: 'in_holding' })).toHaveLength(25);
  });

  test.concurrent('has its plan executed for the delivered SIMs', async () => {
    const { id } = await acme.orders({ operatorId: '3ireland', quantity: 100, plan: await acme.aPlan() });
    const order = await acme.orderIn(id, 'fulfilled');
    expect(order.receivedQuantity).toBe(50);
    expect(order.progress).toEqual({ received: 50, migrated: 50, assigned: 50, activated: 50, failed: 0 });
    expect(await acme.statesOf(id)).toEqual(['submitted', 'accepted', 'dispatched', 'delivered', 'fulfilled']);
    expect((await acme.eventsOf(id)).filter(({ type }) => type === 'order.shortfall')).toHaveLength(1);
  });

  test.concurrent('may deliver none at all', async () => {
    const [bare, planned] = await Promise.all([
      acme.orders({ operatorId: 'orange', quantity: 50 }),
      acme.orders({ operatorId: 'orange', quantity: 50, plan: await acme.aPlan() }),
    ]);
    const none = { received: 0, migrated: 0, assigned: 0, activated: 0, failed: 0 };
    expect(await acme.orderIn(bare.id, 'delivered')).toMatchObject({ receivedQuantity: 0, progress: none });
    expect(await acme.orderIn(planned.id, 'fulfilled')).toMatchObject({ receivedQuantity: 0, progress: none });
    for (const { id } of [bare, planned]) {
      expect((await acme.eventsOf(id)).map(({ type }) => type)).toContain('order.shortfall');
      expect(await acme.all(`/v1/orders/${id}/sims`)).toEqual([]);
    }
  });
});

describe('an order is cancelled', () => {
  test.concurrent('before it is dispatched: here and at the operator', async () => {
    const { id } = await acme.ordersAccepted({ operatorId: 'a1', quantity: 20, plan: await acme.aPlan() });
    const cancelled = is(200, await cancel(id));
    expect(cancelled).toMatchObject({ id, state: 'cancelled', receivedQuantity: 0 });
    expect(await cloud.operator('a1').statusOf(id)).toBe('cancelled');
    expect(await acme.order(id)).toEqual(cancelled);
    const last = (await acme.eventsOf(id)).at(-1);
    expect(last).toMatchObject({ type: 'order.cancelled', to: 'cancelled' });
    // The poller may have heard of it from the operator before the request that cancelled it wrote so itself.
    expect(last?.actor).toBe('local|acme-ends');
    expect(is(409, await cancel(id)).type).toMatch(/wrong_state$/);
    // Nothing waits for it any longer.
    await eventually(async () => {
      expect(await executionsOf(id)).toEqual(['SUCCEEDED']);
    });
  });

  test.concurrent('immediately, before it reaches the operator', async () => {
    const { id } = await acme.orders({ operatorId: 'a1', quantity: 20 });
    expect(is(200, await cancel(id))).toMatchObject({ state: 'cancelled' });
    await eventually(async () => expect(await executionsOf(id)).toEqual(['SUCCEEDED']));
    // Whether it got there first or not: the operator sends nothing.
    expect(['cancelled', '404']).toContain(await cloud.operator('a1').statusOf(id));
    expect((await acme.order(id)).state).toBe('cancelled');
  });

  test.concurrent('after dispatch: the request is refused, and the order continues', async () => {
    const { id } = await acme.orders({ operatorId: 'a1', quantity: 20 });
    // The next look may come after the delivery: then it is too late all the more.
    await eventually(async () => expect(['dispatched', 'delivered']).toContain((await acme.order(id)).state));
    expect(is(409, await cancel(id)).type).toMatch(/wrong_state$/);
    const order = await acme.orderIn(id, 'delivered');
    expect(order.receivedQuantity).toBe(20);
    expect(await acme.statesOf(id)).not.toContain('cancelled');
    expect(is(409, await cancel(id)).type).toMatch(/wrong_state$/);
  });
});

test.concurrent('an order of another partner cannot be read or cancelled', async () => {
  const { id } = await acme.orders({ operatorId: 'a1', quantity: 20 });
  const other = cloud.partner('other-ends');
  for (const path of ['', '/events', '/sims']) {
    is(404, await other.api.get(`/v1/orders/${id}${path}`));
  }
  is(404, await other.api.post(`/v1/orders/${id}/cancel`));
  is(404, await other.api.post(`/v1/orders/${id}/resume`));
  expect((await acme.order(id)).state).not.toBe('cancelled');
  is(409, await acme.api.post(`/v1/orders/${id}/resume`));
});

async function executionsOf(orderId: string): Promise<string[]> {
  const { items } = is(
    200,
    await cloud.api().get<{ items: { input: string; status: string }[] }>('/_local/executions'),
  );
  return items.filter(({ input }) => input.includes(orderId)).map(({ status }) => status);
}
