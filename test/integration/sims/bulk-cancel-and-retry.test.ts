import { beforeAll, describe, expect, test } from '@jest/globals';
import { withCheckDigit } from '../../../domain/iccid.ts';
import { eventually, useLocalCloud } from '../support/local-cloud.ts';
import { is, type Operation, type Result, type Sim } from '../support/partner.ts';
import { expectProblem } from '../support/problems.ts';

const cloud = useLocalCloud();
const acme = cloud.partner('acme-cancel');
const { api } = acme;

const iccidsOf = (sims: readonly Sim[]) => sims.map(({ iccid }) => iccid);
const operationOf = async (id: string) => is(200, await api.get<Operation>(`/v1/operations/${id}`));

describe('an operation that is cancelled', () => {
  test('while it is queued or has just started does not change the SIMs that it has not reached', async () => {
    const quantity = 300;
    const [sim] = await acme.simsInHolding({ operatorId: 'orange', quantity });
    const orderId = sim?.orderId ?? '';
    const { id: partnerServiceId } = await acme.aPartnerService();
    const operation = await acme.bulk('migrate', { select: { orderId }, partnerServiceId });
    const cancelled = is(200, await api.post<Operation>(`/v1/operations/${operation.id}/cancel`));
    expect(cancelled.id).toBe(operation.id);

    const ended = await acme.operationDone(operation.id);
    expect(ended.state).toBe('cancelled');
    expect(ended.finishedAt).toEqual(expect.any(String));
    expect(ended.succeeded + ended.failed).toBeLessThanOrEqual(quantity);
    const done = await acme.resultsOf(operation.id, 'succeeded');
    expect(done).toHaveLength(ended.succeeded);
    expect(iccidsOf(await acme.sims({ orderId, state: 'in_stock' }))).toEqual(done.map(({ iccid }) => iccid).sort());
    expect(await acme.sims({ orderId, state: 'in_holding' })).toHaveLength(quantity - ended.succeeded);
    expectProblem(await api.post(`/v1/operations/${operation.id}/cancel`), 409, 'wrong_state');
  });

  test('while its operator works completes the requests to the operator', async () => {
    const sims = await acme.assignedSims({ operatorId: 'a1', quantity: 20 });
    const orderId = sims[0]?.orderId ?? '';
    await cloud.operator('a1').behaves({ leadTimeDays: 0, activationDelayDays: 3 });
    const id = await cloud.clock.held(async () => {
      const { id } = await acme.bulk('activate', { select: { orderId } });
      await eventually(async () => expect(await acme.sims({ orderId, state: 'activating' })).toHaveLength(20));
      expect((await operationOf(id)).state).toBe('running');
      is(200, await api.post(`/v1/operations/${id}/cancel`));
      is(200, await api.post(`/v1/operations/${id}/cancel`));
      return id;
    });
    const ended = await acme.operationDone(id);
    await cloud.operator('a1').behavesWell();
    expect(ended).toMatchObject({ state: 'cancelled', total: 20, succeeded: 20, failed: 0 });
    expect(await acme.sims({ orderId, state: 'active' })).toHaveLength(20);
    expect(await acme.sims({ orderId, state: 'activating' })).toEqual([]);
  });

  test('when it has ended is 409', async () => {
    for (const iccids of [[], [withCheckDigit('899999000000000001')]]) {
      const { id } = await acme.bulkDone('activate', { select: { iccids } });
      expectProblem(await api.post(`/v1/operations/${id}/cancel`), 409, 'wrong_state');
    }
  });
});

describe('a retry', () => {
  test('repeats only what failed', async () => {
    const sims = await acme.assignedSims({ operatorId: 'a1', quantity: 20 });
    const orderId = sims[0]?.orderId ?? '';
    const refused = iccidsOf(sims).slice(0, 5);
    await cloud.operator('a1').behaves({ leadTimeDays: 0, refuseActivation: refused });
    const first = await acme.bulkDone('activate', { select: { orderId } });
    expect(first).toMatchObject({ state: 'partially_succeeded', total: 20, succeeded: 15, failed: 5 });

    await cloud.operator('a1').behaves({ leadTimeDays: 0, refuseActivation: refused.slice(0, 2) });
    const second = is(202, await api.post<Operation>(`/v1/operations/${first.id}/retry`));
    expect(second).toMatchObject({ action: 'activate', succeeded: 0, failed: 0 });
    expect(second).not.toHaveProperty('total');
    expect(await acme.operationDone(second.id)).toMatchObject({
      state: 'partially_succeeded',
      total: 5,
      succeeded: 3,
      failed: 2,
    });
    expect((await acme.resultsOf(second.id)).map(({ iccid }) => iccid).sort()).toEqual([...refused].sort());

    await cloud.operator('a1').behavesWell();
    const third = is(202, await api.post<Operation>(`/v1/operations/${second.id}/retry`));
    expect(await acme.operationDone(third.id)).toMatchObject({ state: 'succeeded', total: 2, succeeded: 2 });
    expect(await acme.sims({ orderId, state: 'active' })).toHaveLength(20);
    expect(await operationOf(first.id)).toEqual(first);
  });

  test('keeps the targets and the reason of the operation', async () => {
    const sims = await acme.activeSims({ operatorId: 'a1', quantity: 20 });
    const held = await acme.simsInStock({ operatorId: 'a1', quantity: 20 });
    const { customerId = '', customerServiceId = '' } = sims[0] ?? {};
    const [late = ''] = iccidsOf(held);
    const first = await acme.bulkDone('suspend', {
      select: { iccids: [...iccidsOf(sims).slice(0, 2), late] },
      reason: 'stolen',
    });
    expect(first).toMatchObject({ state: 'partially_succeeded', succeeded: 2, failed: 1 });
    // What stood in its way is out of it now.
    await acme.bulkDone('assign', { select: { iccids: [late] }, customerId, customerServiceId });
    await acme.bulkDone('activate', { select: { iccids: [late] } });
    const { id } = is(202, await api.post<Operation>(`/v1/operations/${first.id}/retry`));
    expect(await acme.operationDone(id)).toMatchObject({ action: 'suspend', state: 'succeeded', total: 1 });
    expect(is(200, await api.get<Sim>(`/v1/sims/${late}`))).toMatchObject({
      state: 'suspended',
      bars: [{ reason: 'stolen' }],
    });
  });

  test('is possible only for finished operations with failed SIMs', async () => {
    const { id: done } = await acme.bulkDone('activate', { select: { iccids: [] } });
    expectProblem(await api.post(`/v1/operations/${done}/retry`), 409, 'wrong_state');
    const [sim] = await acme.assignedSims({ operatorId: 'a1', quantity: 20 });
    await cloud.operator('a1').behaves({ leadTimeDays: 0, activationDelayDays: 2 });
    const running = await cloud.clock.held(async () => {
      const { id } = await acme.bulk('activate', { select: { iccids: [sim?.iccid] } });
      expectProblem(await api.post(`/v1/operations/${id}/retry`), 409, 'wrong_state');
      return id;
    });
    await cloud.operator('a1').behavesWell();
    await acme.operationDone(running);
  });
});

describe('two concurrent operations on the same SIMs end as if they had run in sequence', () => {
  const quantity = 50;
  let orderId: string;
  let customers: { customerId: string; customerServiceId: string }[];

  beforeAll(async () => {
    const sims = await acme.simsInStock({ operatorId: '3uk', quantity });
    orderId = sims[0]?.orderId ?? '';
    const made = await Promise.all([acme.aCustomerWithService(), acme.aCustomerWithService()]);
    customers = made.map(({ customer, service }) => ({ customerId: customer.id, customerServiceId: service.id }));
  });

  /** Asks for both at once; gives what came of each SIM, in one and in the other. */
  async function both(one: [string, object], other: [string, object]) {
    const select = { orderId };
    const operations = await Promise.all(
      [one, other].map(([action, target]) => acme.bulkDone(action, { select, ...target })),
    );
    const results = await Promise.all(operations.map(({ id }) => acme.resultsOf(id)));
    const [ofOne, ofOther] = results.map((some) => new Map(some.map((result) => [result.iccid, result])));
    const sims = await acme.sims({ orderId });
    expect(sims).toHaveLength(quantity);
    return sims.map((sim) => ({ sim, one: ofOne?.get(sim.iccid), other: ofOther?.get(sim.iccid) }));
  }

  const code = (result: Result | undefined) => result?.problem?.code ?? result?.outcome;

  test('assigned to two customers, each SIM belongs to one, and its service counts it', async () => {
    const [first, second] = customers;
    const ends = await both(['assign', first ?? {}], ['assign', second ?? {}]);
    for (const { sim, one, other } of ends) {
      const isFirsts = sim.customerId === first?.customerId;
      expect(sim).toMatchObject({ state: 'assigned', ...(isFirsts ? first : second) });
      expect([code(one), code(other)]).toEqual(
        isFirsts ? ['succeeded', 'already_assigned'] : ['already_assigned', 'succeeded'],
      );
    }
    for (const { customerId, customerServiceId } of customers) {
      const its = await acme.sims({ customerId });
      expect(its.length).toBe(ends.filter(({ sim }) => sim.customerId === customerId).length);
      const deleted = await api.del(`/v1/customer-services/${customerServiceId}`);
      expect(deleted.status).toBe(its.length > 0 ? 409 : 204);
    }
  });

  test('unassigned and activated, each SIM is either in stock or active', async () => {
    const ends = await both(['unassign', {}], ['activate', {}]);
    for (const { sim, one, other } of ends) {
      const came = [sim.state, code(one), code(other)];
      expect([
        ['in_stock', 'succeeded', 'not_assigned'],
        // Unassigned when it was active already: the operator has barred it again.
        ['in_stock', 'succeeded', 'succeeded'],
        ['active', 'wrong_state', 'succeeded'],
      ]).toContainEqual(came);
    }
  });

  test('suspended and terminated, every SIM is terminated', async () => {
    const { service, customer } = await acme.aCustomerWithService();
    const target = { customerId: customer.id, customerServiceId: service.id };
    await acme.bulkDone('suspend', { select: { orderId } });
    await acme.bulkDone('unassign', { select: { orderId } });
    expect(await acme.bulkDone('assign', { select: { orderId }, ...target })).toMatchObject({ succeeded: quantity });
    expect(await acme.bulkDone('activate', { select: { orderId } })).toMatchObject({ succeeded: quantity });
    const ends = await both(['suspend', {}], ['terminate', { confirm: quantity }]);
    for (const { sim, one, other } of ends) {
      expect([sim.state, code(other)]).toEqual(['terminated', 'succeeded']);
      expect(['succeeded', 'wrong_state', 'operator_refused', 'conflict']).toContain(code(one));
    }
    // Terminated SIMs do not count for their service, each of them having left it once.
    is(204, await api.del(`/v1/customer-services/${service.id}`));
  });
});
