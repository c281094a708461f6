import { describe, expect, test } from '@jest/globals';
import { operatorIds, useLocalCloud } from '../support/local-cloud.ts';
import { is, type Operation, type Order, type Sim } from '../support/partner.ts';

const cloud = useLocalCloud();
const acme = cloud.partner('acme-to-active');

const quantities = { '3uk': 50, '3ireland': 50, orange: 50, a1: 20 };

/** Bulk actions do not depend on the operator: on a local cloud, a large lot and a small one suffice. */
const byHand = cloud.isDeployment ? operatorIds : (['3uk', 'a1'] as const);

/** The states of an order from submission to fulfilment, as in its timeline. */
const wholeWay = ['submitted', 'accepted', 'dispatched', 'delivered', 'fulfilled'];

/** Orders do not depend on each other, and their tests mostly wait. Up to five run at once, so each takes longer. */
const amongOthers = { within: 150_000 };

describe('SIMs of an order become active', () => {
  test.concurrent.each(operatorIds)('by its plan: %s', async (operatorId) => {
    const quantity = quantities[operatorId];
    const plan = await acme.aPlan();
    const placed = await acme.orders({ operatorId, quantity, reference: 'PO-1001', plan });
    expect(placed).toMatchObject({
      operatorId,
      quantity,
      receivedQuantity: 0,
      state: 'submitted',
      reference: 'PO-1001',
    });
    expect(placed).toMatchObject({ plan, operations: [], progress: progressOf({}) });

    const order = await acme.orderIn(placed.id, 'fulfilled', amongOthers);
    const all = { received: quantity, migrated: quantity, assigned: quantity, activated: quantity };
    expect(order).toMatchObject({ receivedQuantity: quantity, progress: progressOf(all), plan });
    expect(order.operatorReference).toEqual(expect.any(String));
    expect(order.trackingReference).toEqual(expect.any(String));
    expect(order.failure).toBeUndefined();

    expect(await acme.statesOf(order.id)).toEqual(wholeWay);
    const sims = await acme.all<Sim>(`/v1/orders/${order.id}/sims`);
    expect(new Set(sims.map(({ iccid }) => iccid)).size).toBe(quantity);
    for (const sim of sims) {
      expect(sim).toMatchObject({
        operatorId,
        orderId: order.id,
        state: 'active',
        bars: [],
        holding: false,
        partnerServiceId: plan.partnerServiceId,
        customerId: plan.customerId,
        customerServiceId: plan.customerServiceId,
        nextActions: ['suspend', 'terminate', 'assign', 'migrate', 'unassign', 'replace'],
      });
    }
    await expectStagesOf(order, quantity);
  });

  test.concurrent.each(byHand)('by hand: %s', async (operatorId) => {
    const quantity = quantities[operatorId];
    const { partnerServiceId, customerId, customerServiceId } = await acme.aPlan();
    const { id: orderId } = await acme.orders({ operatorId, quantity });
    const delivered = await acme.orderIn(orderId, 'delivered', amongOthers);
    expect(delivered).toMatchObject({ receivedQuantity: quantity, operations: [] });
    expect(delivered.progress).toEqual(progressOf({ received: quantity }));
    expect(delivered.plan).toBeUndefined();
    const select = { orderId };
    const done = { state: 'succeeded', total: quantity, succeeded: quantity, failed: 0 };
    await expectAll(
      { orderId },
      { state: 'in_holding', holding: true, nextActions: ['migrate', 'terminate'] },
      quantity,
    );

    expect(await acme.bulkDone('migrate', { select, partnerServiceId }, amongOthers)).toMatchObject(done);
    await expectAll({ orderId }, { state: 'in_stock', holding: false, partnerServiceId }, quantity);

    expect(await acme.bulkDone('assign', { select, customerId, customerServiceId }, amongOthers)).toMatchObject(done);
    await expectAll({ orderId }, { state: 'assigned', customerId, customerServiceId }, quantity);

    expect(await acme.bulkDone('activate', { select }, amongOthers)).toMatchObject(done);
    const sims = await acme.sims({ orderId, state: 'active', customerId });
    expect(sims).toHaveLength(quantity);
    expect(sims.every(({ bars }) => bars.length === 0)).toBe(true);
    // The order itself had no plan: its work ended with the delivery.
    expect(await acme.order(orderId)).toMatchObject({
      state: 'delivered',
      progress: progressOf({ received: quantity }),
    });
  });
});

test.concurrent('SIMs in holding cannot be assigned or activated: each is refused, with the reason', async () => {
  const { customerId, customerServiceId } = await acme.aPlan();
  const sims = await acme.simsInHolding({ operatorId: 'a1', quantity: 20 });
  const select = { iccids: sims.map(({ iccid }) => iccid) };
  for (const [action, target] of [
    ['assign', { customerId, customerServiceId }],
    ['activate', {}],
  ] as const) {
    const operation = await acme.bulkDone(action, { select, ...target });
    expect(operation).toMatchObject({ state: 'failed', total: 20, succeeded: 0, failed: 20 });
    const results = await acme.resultsOf(operation.id, 'failed');
    expect(results).toHaveLength(20);
    for (const { problem } of results) {
      expect(problem).toEqual({ code: 'in_holding', detail: expect.stringMatching(/migrate/i) });
    }
  }
  expect(await acme.sims({ orderId: sims[0]?.orderId ?? '' })).toEqual(sims);
});

test.concurrent('SIMs in stock cannot be activated before a customer has them', async () => {
  const sims = await acme.simsInStock({ operatorId: 'a1', quantity: 20 });
  const operation = await acme.bulkDone('activate', { select: { orderId: sims[0]?.orderId } });
  expect(operation).toMatchObject({ state: 'failed', succeeded: 0, failed: 20 });
  const codes = (await acme.resultsOf(operation.id)).map(({ problem }) => problem?.code);
  expect(new Set(codes)).toEqual(new Set(['not_assigned']));
});

test.concurrent('a hundred SIMs become active by the plan of their order, and their results are read page by page', async () => {
  const quantity = 100;
  const plan = await acme.aPlan();
  const { id } = await acme.orders({ operatorId: 'orange', quantity, plan });
  const seen: Order['progress'][] = [];
  const order = await acme.orderIn(id, 'fulfilled', { ...amongOthers, onLook: ({ progress }) => seen.push(progress) });
  const all = { received: quantity, migrated: quantity, assigned: quantity, activated: quantity };
  expect(order.progress).toEqual(progressOf(all));
  for (const [place, progress] of seen.entries()) {
    const before = seen[place - 1] ?? progressOf({});
    for (const stage of ['received', 'migrated', 'assigned', 'activated'] as const) {
      expect(progress[stage]).toBeGreaterThanOrEqual(before[stage]);
      expect(progress[stage]).toBeLessThanOrEqual(quantity);
    }
  }
  const iccids = (await acme.sims({ orderId: id, state: 'active' })).map(({ iccid }) => iccid).sort();
  expect(new Set(iccids).size).toBe(quantity);
  for (const { operationId } of order.operations) {
    const operation = is(200, await acme.api.get<Operation>(`/v1/operations/${operationId}`));
    expect(operation).toMatchObject({ state: 'succeeded', total: quantity, succeeded: quantity, failed: 0 });
    const results = await acme.all<{ iccid: string; outcome: string }>(
      `/v1/operations/${operationId}/results?limit=40`,
    );
    expect(results.map(({ iccid }) => iccid).sort()).toEqual(iccids);
    expect(results.every(({ outcome }) => outcome === 'succeeded')).toBe(true);
  }
  expect(await acme.sims({ customerServiceId: plan.customerServiceId })).toHaveLength(quantity);
});

function progressOf(done: Partial<Order['progress']>): Order['progress'] {
  return { received: 0, migrated: 0, assigned: 0, activated: 0, failed: 0, ...done };
}

/** Each stage of an order's plan is an operation, named in order, whose results name each SIM once. */
async function expectStagesOf(order: Order, quantity: number): Promise<void> {
  expect(order.operations.map(({ stage }) => stage)).toEqual(['migrate', 'assign', 'activate']);
  for (const { stage, operationId } of order.operations) {
    const operation = is(200, await acme.api.get<Operation>(`/v1/operations/${operationId}`));
    expect(operation).toMatchObject({
      action: stage,
      state: 'succeeded',
      total: quantity,
      succeeded: quantity,
      failed: 0,
    });
    const results = await acme.resultsOf(operationId);
    expect(new Set(results.map(({ iccid }) => iccid)).size).toBe(quantity);
    expect(results).toHaveLength(quantity);
  }
}

async function expectAll(query: { orderId: string }, sim: Partial<Sim>, quantity: number): Promise<void> {
  const sims = await acme.sims(query);
  expect(sims).toHaveLength(quantity);
  for (const one of sims) {
    expect(one).toMatchObject(sim);
  }
}
