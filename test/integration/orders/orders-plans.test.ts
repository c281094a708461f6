import { beforeAll, describe, expect, test } from '@jest/globals';
import { BLOCKS, cardAt } from '../../../sandbox/cards.ts';
import { type OperatorId, useLocalCloud } from '../support/local-cloud.ts';
import { is, type Operation, type Order, type ProblemDocument } from '../support/partner.ts';

const cloud = useLocalCloud();
const acme = cloud.partner('acme-plans');

/** Long enough to change the plan while SIMs are on their way: twenty days at least, ten seconds. */
const onTheWay = { leadTimeDays: 15 };

beforeAll(async () => {
  await Promise.all((['3ireland', 'orange', 'a1'] as const).map((id) => cloud.operator(id).behaves(onTheWay)));
});

const putPlan = (orderId: string, plan: unknown) => acme.api.put<Order>(`/v1/orders/${orderId}/plan`, plan);

describe('while the SIMs are in transit', () => {
  test.concurrent('a plan can be added, and runs after their arrival', async () => {
    const plan = await acme.aPlan();
    const { id } = await acme.orders({ operatorId: '3ireland', quantity: 50 });
    expect(is(200, await putPlan(id, plan))).toMatchObject({ id, plan });
    const order = await acme.orderIn(id, 'fulfilled');
    expect(order.progress).toEqual({ received: 50, migrated: 50, assigned: 50, activated: 50, failed: 0 });
    expect(await acme.sims({ orderId: id, state: 'active' })).toHaveLength(50);
    expect((await acme.eventsOf(id)).map(({ type }) => type)).toContain('order.plan_set');
  });

  test.concurrent('a plan can be changed, and only the last one runs', async () => {
    const [first, last] = await Promise.all([acme.aPlan(), acme.aPlan()]);
    const { id } = await acme.orders({ operatorId: '3ireland', quantity: 50, plan: first });
    is(200, await putPlan(id, { ...last, activate: false }));
    const order = await acme.orderIn(id, 'fulfilled');
    expect(order.operations.map(({ stage }) => stage)).toEqual(['migrate', 'assign']);
    expect(order.progress).toEqual({ received: 50, migrated: 50, assigned: 50, activated: 0, failed: 0 });
    const { partnerServiceId, customerId, customerServiceId } = last;
    for (const sim of await acme.sims({ orderId: id })) {
      expect(sim).toMatchObject({ state: 'assigned', partnerServiceId, customerId, customerServiceId });
    }
    expect(await acme.sims({ customerServiceId: first.customerServiceId })).toEqual([]);
  });

  test.concurrent('a plan can be removed, and the SIMs stay in holding', async () => {
    const { id } = await acme.orders({ operatorId: 'orange', quantity: 50, plan: await acme.aPlan() });
    is(204, await acme.api.del(`/v1/orders/${id}/plan`));
    expect(await acme.order(id)).not.toHaveProperty('plan');
    is(204, await acme.api.del(`/v1/orders/${id}/plan`));
    expect((await acme.eventsOf(id)).filter(({ type }) => type === 'order.plan_removed')).toHaveLength(1);
    const order = await acme.orderIn(id, 'delivered');
    expect(order).toMatchObject({ operations: [], receivedQuantity: 50 });
    expect(await acme.sims({ orderId: id, state: 'in_holding' })).toHaveLength(50);
  });

  test.concurrent('the customer service can be deleted: each SIM fails with the reason, and the order is still fulfilled', async () => {
    const plan = await acme.aPlan();
    const { id } = await acme.orders({ operatorId: 'orange', quantity: 50, plan });
    is(204, await acme.api.del(`/v1/customer-services/${plan.customerServiceId}`));
    const order = await acme.orderIn(id, 'fulfilled');
    expect(order.progress).toEqual({ received: 50, migrated: 50, assigned: 0, activated: 0, failed: 50 });
    const [migrate, assign, activate] = await Promise.all(
      order.operations.map(async ({ operationId }) =>
        is(200, await acme.api.get<Operation>(`/v1/operations/${operationId}`)),
      ),
    );
    expect(migrate).toMatchObject({ action: 'migrate', state: 'succeeded', succeeded: 50 });
    expect(assign).toMatchObject({ action: 'assign', state: 'failed', succeeded: 0, failed: 50 });
    expect(activate).toMatchObject({ action: 'activate', state: 'failed', succeeded: 0, failed: 50 });
    const codesOf = async (operation: Operation | undefined) =>
      (await acme.resultsOf(operation?.id ?? '')).map(({ problem }) => problem?.code);
    expect(await codesOf(assign)).toEqual(Array(50).fill('not_found'));
    expect(await codesOf(activate)).toEqual(Array(50).fill('not_assigned'));
    expect(await acme.sims({ orderId: id, state: 'in_stock' })).toHaveLength(50);
  });

  test.concurrent('refused activations can be retried, and the progress of the order follows', async () => {
    const { id, operatorReference = '' } = await acme.ordersAccepted({
      operatorId: 'a1',
      quantity: 40,
      plan: await acme.aPlan(),
    });
    const refused = cardsToCome('a1', operatorReference, 3);
    await cloud.operator('a1').behaves({ ...onTheWay, refuseActivation: refused });

    const order = await acme.orderIn(id, 'fulfilled');
    expect(order.progress).toEqual({ received: 40, migrated: 40, assigned: 40, activated: 37, failed: 3 });
    const activation = order.operations.find(({ stage }) => stage === 'activate')?.operationId ?? '';
    expect(is(200, await acme.api.get<Operation>(`/v1/operations/${activation}`))).toMatchObject({
      state: 'partially_succeeded',
      total: 40,
      succeeded: 37,
      failed: 3,
    });
    const results = await acme.resultsOf(activation, 'failed');
    expect(results.map(({ iccid }) => iccid).sort()).toEqual(refused.sort());
    for (const { problem } of results) {
      expect(problem).toMatchObject({ code: 'operator_refused' });
    }
    expect((await acme.sims({ orderId: id, state: 'assigned' })).map(({ iccid }) => iccid).sort()).toEqual(refused);

    const again = await retried(activation);
    expect(again).toMatchObject({ action: 'activate', state: 'failed', total: 3, succeeded: 0, failed: 3 });
    expect((await acme.order(id)).progress).toMatchObject({ activated: 37, failed: 3 });

    await cloud.operator('a1').behaves(onTheWay);
    expect(await retried(again.id)).toMatchObject({ state: 'succeeded', total: 3, succeeded: 3, failed: 0 });
    // They are active already: that is as asked, and counts no second time.
    expect(await retried(activation)).toMatchObject({ state: 'succeeded', total: 3, succeeded: 3, failed: 0 });
    expect(await acme.order(id)).toMatchObject({
      state: 'fulfilled',
      progress: { received: 40, migrated: 40, assigned: 40, activated: 40, failed: 0 },
    });
    expect(await acme.sims({ orderId: id, state: 'active' })).toHaveLength(40);

    // Taken back and brought there again by another retry, they have been counted before.
    const select = { iccids: refused };
    const { customerId = '', customerServiceId = '' } = order.plan ?? {};
    await acme.bulkDone('suspend', { select });
    await acme.bulkDone('unassign', { select });
    await acme.bulkDone('assign', { select, customerId, customerServiceId });
    expect(await retried(activation)).toMatchObject({ state: 'succeeded', total: 3, succeeded: 3, failed: 0 });
    expect(await acme.sims({ orderId: id, state: 'active' })).toHaveLength(40);
    expect((await acme.order(id)).progress).toEqual({
      received: 40,
      migrated: 40,
      assigned: 40,
      activated: 40,
      failed: 0,
    });
  });
});

test('a plan cannot be set after the SIMs have been received', async () => {
  const plan = await acme.aPlan();
  const bare = await acme.orders({ operatorId: '3uk', quantity: 50 });
  const planned = await acme.orders({
    operatorId: '3uk',
    quantity: 50,
    plan: { partnerServiceId: plan.partnerServiceId },
  });
  await acme.orderIn(bare.id, 'delivered');
  await acme.orderIn(planned.id, 'fulfilled');
  for (const { id } of [bare, planned]) {
    const before = await acme.order(id);
    const answers = [
      await acme.api.put<ProblemDocument>(`/v1/orders/${id}/plan`, plan),
      await acme.api.del<ProblemDocument>(`/v1/orders/${id}/plan`),
    ];
    for (const answer of answers) {
      expect(is(409, answer)).toMatchObject({ status: 409, type: expect.stringMatching(/wrong_state$/) });
    }
    expect(await acme.order(id)).toEqual(before);
  }
});

async function retried(operationId: string): Promise<Operation> {
  const answer = await acme.api.post<Operation>(`/v1/operations/${operationId}/retry`);
  const { id } = is(202, answer);
  expect(answer.headers.get('location')).toBe(`/v1/operations/${id}`);
  return acme.operationDone(id);
}

/** ICCIDs that an order will bring: the sandbox's cards follow from its reference of the order. */
function cardsToCome(operatorId: OperatorId, operatorReference: string, count: number): string[] {
  const draw = Number.parseInt(operatorReference.split('-').at(-1) ?? '', 36);
  return Array.from({ length: count }, (_, place) => cardAt(operatorId, { block: draw % BLOCKS, place }).iccid);
}
