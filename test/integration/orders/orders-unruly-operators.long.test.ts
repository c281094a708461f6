import { beforeAll, describe, expect, test } from '@jest/globals';
import { eventually, useLocalCloud } from '../support/local-cloud.ts';
import { is, type Order, orderStates, type ProblemDocument } from '../support/partner.ts';

const cloud = useLocalCloud();
const acme = cloud.partner('acme-unruly');

const full = (quantity: number): Order['progress'] => ({
  received: quantity,
  migrated: quantity,
  assigned: quantity,
  activated: quantity,
  failed: 0,
});

beforeAll(async () => {
  await Promise.all([
    cloud.operator('3uk').behaves({ leadTimeDays: 2, failureRate: 0.5 }),
    cloud.operator('3ireland').behaves({ leadTimeDays: 4, duplicateAnswers: true, activationDelayDays: 1 }),
    cloud.operator('orange').behaves({ leadTimeDays: 0, stall: true }),
    cloud.operator('a1').behaves({ leadTimeDays: 0, activationDelayDays: 2, oddSims: true }),
  ]);
});

test.concurrent('half of all calls fail: the order is still fulfilled', async () => {
  const { id } = await acme.orders({ operatorId: '3uk', quantity: 50, plan: await acme.aPlan() });
  const order = await acme.orderIn(id, 'fulfilled', { within: 80_000 });
  expect(order).toMatchObject({ receivedQuantity: 50, progress: full(50) });
  expect(await acme.sims({ orderId: id, state: 'active' })).toHaveLength(50);
  await expectForwardOnly(id);
});

describe('answers are late, repeated and out of order: the order never moves backwards', () => {
  async function expectOnce(order: Order, end: Order['state']): Promise<void> {
    const { id, quantity } = order;
    const looks: Order['state'][] = [];
    const last = await acme.orderIn(id, end, { within: 80_000, onLook: ({ state }) => looks.push(state) });
    expect(last.receivedQuantity).toBe(quantity);
    expect(last.progress.received).toBe(quantity);
    expect(looks).toEqual(inOrder(looks));
    await expectForwardOnly(id, end);
    const sims = await acme.sims({ orderId: id });
    expect(sims).toHaveLength(quantity);
    expect(new Set(sims.map(({ iccid }) => iccid)).size).toBe(quantity);
  }

  test.concurrent('each SIM is received once, from more than a page of the operator’s list', async () => {
    await expectOnce(await acme.orders({ operatorId: '3ireland', quantity: 550 }), 'delivered');
  });

  test.concurrent('each SIM goes through the plan once', async () => {
    const plan = await acme.aPlan();
    const order = await acme.orders({ operatorId: '3ireland', quantity: 50, plan });
    await expectOnce(order, 'fulfilled');
    expect((await acme.order(order.id)).progress).toEqual(full(50));
    expect(await acme.sims({ customerServiceId: plan.customerServiceId, state: 'active' })).toHaveLength(50);
  });
});

test.concurrent('the operator does not answer when the order is submitted: the order continues when the operator answers again', async () => {
  const { id } = await acme.orders({ operatorId: 'orange', quantity: 50, plan: await acme.aPlan() });
  // It may have reached the operator or not: nobody can say that it is cancelled.
  const answer = await acme.api.post<ProblemDocument>(`/v1/orders/${id}/cancel`);
  expect(is(503, answer)).toMatchObject({ status: 503, type: expect.stringMatching(/operator_unavailable$/) });
  expect(answer.headers.get('retry-after')).toMatch(/^\d+$/);
  expect(await acme.order(id)).toMatchObject({ state: 'submitted', progress: { received: 0 } });
  await cloud.operator('orange').behavesWell();
  expect((await acme.orderIn(id, 'fulfilled', { within: 60_000 })).progress).toEqual(full(50));
  await expectForwardOnly(id);
});

test.concurrent('one SIM of a delivery cannot be read: only this SIM is left out, and named', async () => {
  const { id } = await acme.orders({ operatorId: 'a1', quantity: 20 });
  const order = await acme.orderIn(id, 'delivered', { within: 60_000 });
  expect(order).toMatchObject({ quantity: 20, receivedQuantity: 19 });
  const events = await acme.eventsOf(id);
  const [leftOut] = events.filter(({ type }) => type === 'order.sims_left_out');
  expect(leftOut?.detail).toMatch(/^1 SIM .*left out: \d{19,20} \(msisdn: /);
  expect(events.map(({ type }) => type)).toContain('order.shortfall');
  const numbers = (await acme.sims({ orderId: id })).map(({ msisdn }) => msisdn);
  expect(numbers).toHaveLength(19);
  expect(numbers).toContain('+447700900001');
  expect(numbers.filter((number) => number === undefined)).toHaveLength(2);
});

describe('an activation', () => {
  test.concurrent('that takes the operator days is confirmed', async () => {
    const { id } = await acme.orders({ operatorId: 'a1', quantity: 20, plan: await acme.aPlan() });
    await eventually(async () => {
      const sims = await acme.sims({ orderId: id, state: 'activating' });
      // One of them could not be read.
      expect(sims).toHaveLength(19);
      for (const sim of sims) {
        expect(sim).toMatchObject({ bars: [{ type: 'data' }], nextActions: [] });
      }
    });
    const order = await acme.orderIn(id, 'fulfilled');
    expect(order.progress).toEqual(full(19));
    for (const sim of await acme.sims({ orderId: id })) {
      expect(sim).toMatchObject({ state: 'active', bars: [] });
    }
  });
});

/** The timeline has each state once, in order. */
async function expectForwardOnly(orderId: string, end: Order['state'] = 'fulfilled'): Promise<void> {
  const reached = await acme.statesOf(orderId);
  expect(reached).toEqual(inOrder(reached));
  expect(new Set(reached).size).toBe(reached.length);
  expect(reached.at(0)).toBe('submitted');
  expect(reached.at(-1)).toBe(end);
}

function inOrder(states: readonly Order['state'][]): Order['state'][] {
  return states.toSorted((one, other) => orderStates.indexOf(one) - orderStates.indexOf(other));
}
