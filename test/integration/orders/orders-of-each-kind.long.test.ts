import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { platformKinds } from '../../../domain/operator.ts';
import { capabilitiesOf } from '../../../domain/operator-capabilities.ts';
import { eventually, LATE_DAYS, useLocalCloud } from '../support/local-cloud.ts';
import { operatorOfKind } from '../support/operators-of-kinds.ts';
import { is, type Operation, type Order, orderStates } from '../support/partner.ts';
import { expectProblem } from '../support/problems.ts';

const cloud = useLocalCloud();
const acme = cloud.partner('acme-order-kinds');

/** The states of an order from submission to fulfilment, as in its timeline. */
const wholeWay = ['submitted', 'accepted', 'dispatched', 'delivered', 'fulfilled'];

const full = (quantity: number): Order['progress'] => ({
  received: quantity,
  migrated: quantity,
  assigned: quantity,
  activated: quantity,
  failed: 0,
});

/** The timeline has each state once, in order. */
async function expectForwardOnly(orderId: string): Promise<void> {
  const reached = await acme.statesOf(orderId);
  expect(reached).toEqual(reached.toSorted((one, other) => orderStates.indexOf(one) - orderStates.indexOf(other)));
  expect(new Set(reached).size).toBe(reached.length);
  expect([reached.at(0), reached.at(-1)]).toEqual(['submitted', 'fulfilled']);
}

describe.each(platformKinds)('at an operator on %s', (kind) => {
  const operator = operatorOfKind(cloud, acme, kind);
  const { standIn } = operator;
  const able = capabilitiesOf(kind);

  beforeAll(() => operator.add());
  afterEach(() => standIn.behavesWell());

  test('SIMs of an order become active by its plan, each once in each stage', async () => {
    const plan = await operator.aPlan();
    const { id } = await operator.orders(20, plan);
    const order = await acme.orderIn(id, 'fulfilled');
    expect(order).toMatchObject({ receivedQuantity: 20, progress: full(20), plan });
    expect(order.operatorReference).toEqual(expect.any(String));
    expect(order.failure).toBeUndefined();
    expect(await acme.statesOf(id)).toEqual(wholeWay);
    const sims = await acme.all(`/v1/orders/${id}/sims`);
    expect(sims).toHaveLength(20);
    for (const sim of sims) {
      expect(sim).toMatchObject({
        operatorId: operator.id,
        orderId: id,
        state: 'active',
        bars: [],
        holding: false,
        customerServiceId: plan.customerServiceId,
        nextActions: ['suspend', 'terminate', 'assign', 'migrate', 'unassign', 'replace'],
      });
    }
    expect(order.operations.map(({ stage }) => stage)).toEqual(['migrate', 'assign', 'activate']);
    for (const { operationId } of order.operations) {
      const operation = is(200, await acme.api.get<Operation>(`/v1/operations/${operationId}`));
      expect(operation).toMatchObject({ state: 'succeeded', total: 20, succeeded: 20, failed: 0 });
      const results = await acme.resultsOf(operationId);
      expect(new Set(results.map(({ iccid }) => iccid)).size).toBe(20);
      expect(results).toHaveLength(20);
    }
  });

  test('SIMs of an order become active step by step', async () => {
    const { partnerServiceId, customerId, customerServiceId } = await operator.aPlan();
    const { id: orderId } = await operator.orders(20);
    expect(await acme.orderIn(orderId, 'delivered')).toMatchObject({ receivedQuantity: 20, operations: [] });
    for (const sim of await acme.sims({ orderId })) {
      expect(sim).toMatchObject({
        state: 'in_holding',
        bars: [{ type: 'data' }],
        nextActions: ['migrate', 'terminate'],
      });
    }
    const select = { orderId };
    const done = { state: 'succeeded', total: 20, succeeded: 20, failed: 0 };
    expect(await acme.bulkDone('migrate', { select, partnerServiceId })).toMatchObject(done);
    expect(await acme.bulkDone('assign', { select, customerId, customerServiceId })).toMatchObject(done);
    expect(await acme.bulkDone('activate', { select })).toMatchObject(done);
    const sims = await acme.sims({ orderId, state: 'active', customerId });
    expect(sims).toHaveLength(20);
    expect(sims.every(({ bars }) => bars.length === 0)).toBe(true);
    expect(await acme.order(orderId)).toMatchObject({ state: 'delivered' });
  });

  test('an order is fulfilled although four of ten calls fail', async () => {
    await standIn.behaves({ leadTimeDays: 1, failureRate: 0.4 });
    const { id } = await operator.orders(10, await operator.aPlan());
    const order = await acme.orderIn(id, 'fulfilled', { within: 120_000 });
    expect(order).toMatchObject({ receivedQuantity: 10, progress: full(10) });
    await expectForwardOnly(id);
  });

  test('each SIM goes through the plan once although answers are late, repeated and out of order', async () => {
    await standIn.behaves({ leadTimeDays: 2, duplicateAnswers: true, activationDelayDays: 1 });
    const plan = await operator.aPlan();
    const { id } = await operator.orders(50, plan);
    const order = await acme.orderIn(id, 'fulfilled', { within: 120_000 });
    expect(order).toMatchObject({ receivedQuantity: 50, progress: full(50) });
    await expectForwardOnly(id);
    const sims = await acme.sims({ customerServiceId: plan.customerServiceId, state: 'active' });
    expect(new Set(sims.map(({ iccid }) => iccid)).size).toBe(50);
  });

  test('each SIM of a delivery of several pages is received once', async () => {
    await standIn.behaves({ leadTimeDays: 1, duplicateAnswers: true });
    const { id } = await operator.orders(550);
    expect(await acme.orderIn(id, 'delivered')).toMatchObject({ receivedQuantity: 550, progress: { received: 550 } });
    const sims = await acme.sims({ orderId: id });
    expect(sims).toHaveLength(550);
    expect(new Set(sims.map(({ iccid }) => iccid)).size).toBe(550);
  });

  test('an activation that the operator confirms after days leaves the SIMs barred until then', async () => {
    await standIn.behaves({ leadTimeDays: 0, activationDelayDays: 2 });
    const { id } = await operator.orders(10, await operator.aPlan());
    await eventually(async () => {
      const sims = await acme.sims({ orderId: id, state: 'activating' });
      expect(sims).toHaveLength(10);
      for (const sim of sims) {
        expect(sim).toMatchObject({ bars: [{ type: 'data' }], nextActions: [] });
      }
    });
    expect((await acme.orderIn(id, 'fulfilled')).progress).toEqual(full(10));
    for (const sim of await acme.sims({ orderId: id })) {
      expect(sim).toMatchObject({ state: 'active', bars: [] });
    }
  });

  test('an order waits for an operator that does not answer, and continues when it answers again', async () => {
    await standIn.behaves({ leadTimeDays: 0, stall: true });
    const { id } = await operator.orders(10, await operator.aPlan());
    if (able.orders) {
      if (able.idempotentOrders) {
        // It may have reached the operator or not: nobody can say that it is cancelled. Others are asked for their metadata first.
        expectProblem(await acme.api.post(`/v1/orders/${id}/cancel`, {}), 503, 'operator_unavailable');
      }
      // Long enough for several attempts.
      await cloud.clock.skip({ days: 0.25 });
      expect(await acme.order(id)).toMatchObject({ state: 'submitted', progress: { received: 0 } });
    } else {
      await eventually(async () => {
        expect(await acme.sims({ orderId: id, state: 'activating' })).toHaveLength(10);
      });
    }
    await standIn.behavesWell();
    expect((await acme.orderIn(id, 'fulfilled', { within: 120_000 })).progress).toEqual(full(10));
    await expectForwardOnly(id);
  });

  test('an activation that is confirmed after the deadline has failed, and the confirmation is accepted', async () => {
    await standIn.behaves({ leadTimeDays: 0, activationDelayDays: LATE_DAYS });
    const { id } = await operator.orders(10, await operator.aPlan());
    await eventually(async () => {
      expect(await acme.sims({ orderId: id, state: 'activating' })).toHaveLength(10);
    });
    await cloud.clock.skip({ days: 8 });
    const order = await acme.orderIn(id, 'fulfilled');
    expect(order.progress).toMatchObject({ received: 10, activated: 0, failed: 10 });
    const results = await acme.resultsOf(order.operations.at(-1)?.operationId ?? '');
    expect(results.map(({ problem }) => problem?.code)).toEqual(Array(10).fill('operator_unavailable'));
    for (const sim of await acme.sims({ orderId: id })) {
      expect(sim).toMatchObject({ state: 'assigned', bars: [{ type: 'data' }] });
    }
    await cloud.clock.skip({ days: LATE_DAYS - 7 });
    await eventually(async () => {
      expect(await acme.sims({ orderId: id, state: 'active' })).toHaveLength(10);
    });
  });
});

/** Staff reject, cancel and deliver the orders of other kinds: test/integration/orders/manual-orders.test.ts. */
const kindsWithOrders = platformKinds.filter((kind) => capabilitiesOf(kind).orders);

describe.each(kindsWithOrders)('an order at an operator on %s, which takes it over its API,', (kind) => {
  const operator = operatorOfKind(cloud, acme, kind);
  const { standIn } = operator;
  const cancel = (id: string) => acme.api.post<Order>(`/v1/orders/${id}/cancel`, {});

  beforeAll(() => operator.add());
  afterEach(() => standIn.behavesWell());

  test('ends when it is rejected, with the reason', async () => {
    await standIn.behaves({ rejectOrders: true });
    const { id } = await operator.orders(10, await operator.aPlan());
    expect(await acme.orderIn(id, 'rejected')).toMatchObject({
      receivedQuantity: 0,
      failure: { code: 'operator_rejected', detail: expect.stringMatching(/does not accept orders/) },
      operations: [],
    });
    expect((await acme.eventsOf(id)).at(-1)).toMatchObject({ type: 'order.rejected', actor: operator.id });
    expectProblem(await cancel(id), 409, 'wrong_state');
  });

  test('has its plan executed for the delivered SIMs, with the shortfall on its timeline', async () => {
    await standIn.behaves({ leadTimeDays: 0, shipFraction: 0.5 });
    const { id } = await operator.orders(20, await operator.aPlan());
    const order = await acme.orderIn(id, 'fulfilled');
    expect(order).toMatchObject({ quantity: 20, receivedQuantity: 10, progress: full(10) });
    const shortfalls = (await acme.eventsOf(id)).filter(({ type }) => type === 'order.shortfall');
    expect(shortfalls).toMatchObject([{ actor: operator.id, detail: expect.stringMatching(/10 of 20/) }]);
  });

  test('leaves out the SIM that cannot be read, and names it', async () => {
    await standIn.behaves({ leadTimeDays: 0, oddSims: true });
    const { id } = await operator.orders(10);
    const { receivedQuantity } = await acme.orderIn(id, 'delivered');
    const [leftOut] = (await acme.eventsOf(id)).filter(({ type }) => type === 'order.sims_left_out');
    expect(leftOut?.detail).toMatch(/^1 SIM .*left out: \d{19,20} \(msisdn: /);
    expect(receivedQuantity).toBe(9);
  });

  test('can be cancelled before it is dispatched, and not after its delivery', async () => {
    await cloud.clock.held(async () => {
      await standIn.behaves({ leadTimeDays: 10 });
      const { id } = await operator.orders(10);
      await eventually(async () => {
        expect((await acme.order(id)).operatorReference).toEqual(expect.any(String));
      });
      expect(is(200, await cancel(id))).toMatchObject({ state: 'cancelled' });
    });
    await standIn.behavesWell();
    const { id } = await operator.orders(10);
    await acme.orderIn(id, 'delivered');
    expectProblem(await cancel(id), 409, 'wrong_state');
  });
});
