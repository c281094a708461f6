import { beforeAll, describe, expect, test } from '@jest/globals';
import { useLocalCloud } from '../support/local-cloud.ts';
import { is, type Operation, type Partner, type Sim } from '../support/partner.ts';
import { expectInvalid, expectProblem } from '../support/problems.ts';

const cloud = useLocalCloud();
const acme = cloud.partner('acme-actions');
const { api } = acme;

const iccidsOf = (sims: readonly Sim[]) => sims.map(({ iccid }) => iccid);
const read = async (iccid: string) => is(200, await api.get<Sim>(`/v1/sims/${iccid}`));

/** Does a bulk action on some SIMs and expects what came of them; gives the SIMs as they are then. */
async function allDo(action: string, iccids: string[], target: object = {}): Promise<Sim[]> {
  const operation = await acme.bulkDone(action, { select: { iccids }, ...target });
  expect(operation).toMatchObject({ action, state: 'succeeded', total: iccids.length, succeeded: iccids.length });
  return Promise.all(iccids.map(read));
}

/** Asks what nobody can do: every SIM fails with the code, and is as it was. */
async function allRefuse(code: string, action: string, iccids: string[], target: object = {}): Promise<void> {
  const before = await Promise.all(iccids.map(read));
  const operation = await acme.bulkDone(action, { select: { iccids }, ...target });
  expect(operation).toMatchObject({ state: 'failed', total: iccids.length, succeeded: 0, failed: iccids.length });
  const results = await acme.resultsOf(operation.id);
  expect(results.map(({ iccid, problem }) => [iccid, problem?.code])).toEqual(iccids.map((iccid) => [iccid, code]));
  expect(results.every(({ problem }) => /\S/.test(problem?.detail ?? ''))).toBe(true);
  expect(await Promise.all(iccids.map(read))).toEqual(before);
}

/** Asks for what is so already: every SIM succeeds, and nothing of it changes. */
async function allAreSoAlready(action: string, iccids: string[], target: object = {}): Promise<void> {
  const before = await Promise.all(iccids.map(read));
  expect(await allDo(action, iccids, target)).toEqual(before);
}

describe('a SIM that is', () => {
  let plan: Awaited<ReturnType<Partner['aPlan']>>;
  let sims: Sim[];
  const migrateTo = (partnerServiceId: string) => ({ partnerServiceId });
  const toPlan = () => ({ customerId: plan.customerId, customerServiceId: plan.customerServiceId });

  beforeAll(async () => {
    plan = await acme.aPlan();
    sims = await acme.simsInHolding({ operatorId: 'a1', quantity: 20 });
  });

  // One SIM for each state, so that no test waits for what another one left, nor for its end.
  const sim = (place: number) => [sims[place]?.iccid ?? ''];

  test.concurrent('in holding can only be migrated or terminated', async () => {
    const iccids = sim(0);
    await allRefuse('in_holding', 'assign', iccids, toPlan());
    for (const action of ['unassign', 'activate', 'suspend', 'resume']) {
      await allRefuse('in_holding', action, iccids);
    }
    await allRefuse('holding_target', 'migrate', iccids, migrateTo('psv_holding_a1'));
    await allRefuse('holding_target', 'migrate', iccids, migrateTo('psv_holding_3uk'));
    const isles = await acme.aPartnerService({ tariffId: 'trf_partner_isles' });
    await allRefuse('tariff_mismatch', 'migrate', iccids, migrateTo(isles.id));
    const [migrated] = await allDo('migrate', iccids, migrateTo(plan.partnerServiceId));
    expect(migrated).toMatchObject({ state: 'in_stock', holding: false, partnerServiceId: plan.partnerServiceId });
    expect(migrated?.bars).toEqual(sims[0]?.bars);
  });

  test.concurrent('in stock can be assigned or migrated', async () => {
    const iccids = sim(1);
    await allDo('migrate', iccids, migrateTo(plan.partnerServiceId));
    await allAreSoAlready('migrate', iccids, migrateTo(plan.partnerServiceId));
    await allAreSoAlready('unassign', iccids);
    await allRefuse('not_assigned', 'activate', iccids);
    for (const action of ['suspend', 'resume']) {
      await allRefuse('wrong_state', action, iccids);
    }
    await allRefuse('holding_target', 'migrate', iccids, migrateTo('psv_holding_a1'));
    const { id: other } = await acme.aPartnerService();
    expect(await allDo('migrate', iccids, migrateTo(other))).toMatchObject([
      { state: 'in_stock', partnerServiceId: other },
    ]);
    const stranger = await acme.aCustomerWithService();
    const { customerId } = plan;
    await allRefuse('service_of_other_customer', 'assign', iccids, {
      customerId,
      customerServiceId: stranger.service.id,
    });
    const british = await acme.aCustomerService(customerId, { tariffId: 'trf_customer_3uk' });
    await allRefuse('tariff_mismatch', 'assign', iccids, { customerId, customerServiceId: british.id });
    const [assigned] = await allDo('assign', iccids, toPlan());
    expect(assigned).toMatchObject({ state: 'assigned', ...toPlan(), partnerServiceId: other });
    expect(assigned?.bars).toHaveLength(1);
  });

  test.concurrent('assigned is activated, unassigned or migrated, and stays with its customer', async () => {
    const iccids = sim(2);
    await allDo('migrate', iccids, migrateTo(plan.partnerServiceId));
    await allDo('assign', iccids, toPlan());
    await allAreSoAlready('assign', iccids, toPlan());
    const stranger = await acme.aCustomerWithService();
    await allRefuse('already_assigned', 'assign', iccids, {
      customerId: stranger.customer.id,
      customerServiceId: stranger.service.id,
    });
    const second = await acme.aCustomerService(plan.customerId);
    await allRefuse('already_assigned', 'assign', iccids, {
      customerId: plan.customerId,
      customerServiceId: second.id,
    });
    for (const action of ['suspend', 'resume']) {
      await allRefuse('wrong_state', action, iccids);
    }
    const { id: other } = await acme.aPartnerService();
    expect(await allDo('migrate', iccids, migrateTo(other))).toMatchObject([
      { state: 'assigned', partnerServiceId: other, ...toPlan() },
    ]);
    const [back] = await allDo('unassign', iccids);
    expect(back).toMatchObject({ state: 'in_stock', partnerServiceId: other });
    expect(back).not.toHaveProperty('customerId');
    expect(back).not.toHaveProperty('customerServiceId');
    expect(back?.bars).toHaveLength(1);
  });

  test.concurrent('active is suspended for a reason, resumed, and moved to another service of its customer', async () => {
    const iccids = sim(3);
    await allDo('migrate', iccids, migrateTo(plan.partnerServiceId));
    await allDo('assign', iccids, toPlan());
    expect(await allDo('activate', iccids)).toMatchObject([{ state: 'active', bars: [] }]);
    await allAreSoAlready('activate', iccids);
    await allAreSoAlready('resume', iccids);
    await allAreSoAlready('assign', iccids, toPlan());
    await allAreSoAlready('migrate', iccids, migrateTo(plan.partnerServiceId));
    const { id: other } = await acme.aPartnerService();
    expect(await allDo('migrate', iccids, migrateTo(other))).toMatchObject([
      { state: 'active', bars: [], partnerServiceId: other, ...toPlan() },
    ]);

    const { customerId } = plan;
    const second = await acme.aCustomerService(customerId);
    expect(await allDo('assign', iccids, { customerId, customerServiceId: second.id })).toMatchObject([
      { state: 'active', bars: [], customerId, customerServiceId: second.id },
    ]);
    const stranger = await acme.aCustomerWithService();
    await allRefuse('already_assigned', 'assign', iccids, {
      customerId: stranger.customer.id,
      customerServiceId: stranger.service.id,
    });
    await allRefuse('service_of_other_customer', 'assign', iccids, {
      customerId,
      customerServiceId: stranger.service.id,
    });
    const british = await acme.aCustomerService(customerId, { tariffId: 'trf_customer_3uk' });
    await allRefuse('tariff_mismatch', 'assign', iccids, { customerId, customerServiceId: british.id });

    const [suspended] = await allDo('suspend', iccids, { reason: 'device stolen' });
    expect(suspended).toMatchObject({
      state: 'suspended',
      bars: [{ type: 'data', reason: 'device stolen', since: suspended?.stateChangedAt }],
    });
    await allAreSoAlready('suspend', iccids, { reason: 'another' });
    await allRefuse('wrong_state', 'activate', iccids);
    await allRefuse('wrong_state', 'assign', iccids, toPlan());
    expect(await allDo('migrate', iccids, migrateTo(plan.partnerServiceId))).toMatchObject([
      { state: 'suspended', bars: [{ reason: 'device stolen' }], partnerServiceId: plan.partnerServiceId },
    ]);
    expect(await allDo('resume', iccids)).toMatchObject([{ state: 'active', bars: [] }]);
    const [again] = await allDo('suspend', iccids);
    expect(again?.bars).toEqual([{ type: 'data', reason: expect.stringMatching(/\S/), since: expect.any(String) }]);
  });

  test.concurrent('suspended can return to stock, be assigned again and become active again', async () => {
    const iccids = sim(4);
    await allDo('migrate', iccids, migrateTo(plan.partnerServiceId));
    await allDo('assign', iccids, toPlan());
    await allDo('activate', iccids);
    await allDo('suspend', iccids);
    const [back] = await allDo('unassign', iccids);
    expect(back).toMatchObject({ state: 'in_stock', bars: [{ type: 'data' }] });
    const { customer, service } = await acme.aCustomerWithService();
    await allDo('assign', iccids, { customerId: customer.id, customerServiceId: service.id });
    expect(await allDo('activate', iccids)).toMatchObject([{ state: 'active', bars: [], customerId: customer.id }]);
  });

  test.concurrent('is terminated from holding, stock and its customer, too, and its services stop counting it', async () => {
    const { id: stock } = await acme.aPartnerService();
    const { customer, service } = await acme.aCustomerWithService();
    const [held = '', stocked = '', assigned = ''] = [sim(15), sim(16), sim(17)].flat();
    await allDo('migrate', [stocked, assigned], migrateTo(stock));
    await allDo('assign', [assigned], { customerId: customer.id, customerServiceId: service.id });
    for (const iccid of [held, stocked, assigned]) {
      const [ended] = await allDo('terminate', [iccid], { confirm: 1 });
      expect(ended).toMatchObject({ state: 'terminated', holding: false, bars: [{ type: 'data' }], nextActions: [] });
    }
    await allRefuse('wrong_state', 'migrate', [held], migrateTo(stock));
    is(204, await acme.api.del(`/v1/customer-services/${service.id}`));
  });

  test.concurrent('active is barred by its operator when it returns to stock', async () => {
    const iccids = sim(18);
    const { customer, service } = await acme.aCustomerWithService();
    await allDo('migrate', iccids, migrateTo(plan.partnerServiceId));
    await allDo('assign', iccids, { customerId: customer.id, customerServiceId: service.id });
    await allDo('activate', iccids);
    const [back] = await allDo('unassign', iccids);
    expect(back).toMatchObject({
      state: 'in_stock',
      bars: [{ type: 'data' }],
      partnerServiceId: plan.partnerServiceId,
    });
    expect(back).not.toHaveProperty('customerId');
    is(204, await acme.api.del(`/v1/customer-services/${service.id}`));
  });

  test.concurrent('terminated stays terminated', async () => {
    const iccids = sim(5);
    await allDo('migrate', iccids, migrateTo(plan.partnerServiceId));
    await allDo('assign', iccids, toPlan());
    const [active] = await allDo('activate', iccids);
    const [ended] = await allDo('terminate', iccids, { confirm: 1 });
    expect(ended).toMatchObject({
      state: 'terminated',
      bars: [{ type: 'data' }],
      partnerServiceId: active?.partnerServiceId,
      customerId: active?.customerId,
      customerServiceId: active?.customerServiceId,
      nextActions: [],
    });
    await allAreSoAlready('terminate', iccids, { confirm: 1 });
    for (const action of ['unassign', 'activate', 'suspend', 'resume']) {
      await allRefuse('wrong_state', action, iccids);
    }
    await allRefuse('wrong_state', 'migrate', iccids, migrateTo((await acme.aPartnerService()).id));
    const { customerId } = plan;
    const second = await acme.aCustomerService(customerId);
    await allRefuse('wrong_state', 'assign', iccids, { customerId, customerServiceId: second.id });
  });

  test('refused by its operator stays assigned, with the operator\u2019s reason, and can be retried', async () => {
    const iccids = [...sim(6), ...sim(7)];
    await allDo('migrate', iccids, migrateTo(plan.partnerServiceId));
    await allDo('assign', iccids, toPlan());
    await cloud.operator('a1').behaves({ leadTimeDays: 0, refuseActivation: [iccids[0] ?? ''] });
    const operation = await acme.bulkDone('activate', { select: { iccids } });
    await cloud.operator('a1').behavesWell();
    expect(operation).toMatchObject({ state: 'partially_succeeded', total: 2, succeeded: 1, failed: 1 });
    const [refused] = await acme.resultsOf(operation.id, 'failed');
    expect(refused).toEqual({
      iccid: iccids[0],
      outcome: 'failed',
      problem: { code: 'operator_refused', detail: expect.stringMatching(/\S/) },
    });
    expect(await Promise.all(iccids.map(read))).toMatchObject([
      { state: 'assigned', bars: [{ type: 'data' }] },
      { state: 'active', bars: [] },
    ]);

    const retried = await api.post<Operation>(`/v1/operations/${operation.id}/retry`);
    expect(retried.status).toBe(202);
    expect(retried.headers.get('location')).toBe(`/v1/operations/${retried.body.id}`);
    expect(retried.body.id).not.toBe(operation.id);
    expect(await acme.operationDone(retried.body.id)).toMatchObject({
      action: 'activate',
      state: 'succeeded',
      total: 1,
      succeeded: 1,
    });
    expect(await read(iccids[0] ?? '')).toMatchObject({ state: 'active', bars: [] });
    // The operation that it repeats stays as it ended.
    expect(is(200, await api.get(`/v1/operations/${operation.id}`))).toEqual(operation);
  });

  test('in stock is not assigned to a service that was deleted', async () => {
    const iccids = sim(8);
    await allDo('migrate', iccids, migrateTo(plan.partnerServiceId));
    const { customer, service } = await acme.aCustomerWithService();
    expect((await api.del(`/v1/customer-services/${service.id}`)).status).toBe(204);
    const late = { select: { iccids }, customerId: customer.id, customerServiceId: service.id };
    expectInvalid(await api.post('/v1/sims/assign', late), [['/customerServiceId', 'not_found']]);
  });
});

describe('a permanent end', () => {
  let active: Sim[];

  beforeAll(async () => {
    active = await acme.activeSims({ operatorId: 'a1', quantity: 20 });
  });

  const terminate = (select: object, confirm: unknown, dryRun?: boolean) =>
    api.post<Operation>('/v1/sims/terminate', { select, confirm, ...(dryRun === undefined ? {} : { dryRun }) });
  const expectUntouched = async () => expect(await acme.sims({ orderId: active[0]?.orderId ?? '' })).toEqual(active);

  test('needs the number of SIMs as confirmation', async () => {
    const iccids = iccidsOf(active.slice(0, 3));
    const orderId = active[0]?.orderId;
    for (const confirm of [0, 2, 4, 1_000_000]) {
      expectInvalid(await terminate({ iccids }, confirm), [['/confirm', 'confirm_mismatch']]);
      expectInvalid(await terminate({ iccids }, confirm, true), [['/confirm', 'confirm_mismatch']]);
      expectInvalid(await terminate({ orderId }, confirm), [['/confirm', 'confirm_mismatch']]);
    }
    // Named twice, counted once.
    expectInvalid(await terminate({ iccids: [...iccids, ...iccids] }, 6), [['/confirm', 'confirm_mismatch']]);
    expectInvalid(await terminate({ iccids }, undefined), [['/confirm', 'required']]);
    expectInvalid(await terminate({ iccids }, undefined, false), [['/confirm', 'required']]);
    for (const confirm of ['3', 3.5, -3, null, true, [3]]) {
      expect(expectProblem(await terminate({ iccids }, confirm), 422).errors?.[0]?.pointer).toBe('/confirm');
    }
    await expectUntouched();
  });

  test('can be checked without the number, which the check returns', async () => {
    const filter = { orderId: active[0]?.orderId, state: 'active' };
    expect(is(200, await terminate({ filter }, undefined, true))).toMatchObject({ total: 20, eligible: 20 });
    const fleet = (await acme.sims({})).length;
    expect(is(200, await terminate({ filter: {} }, undefined, true))).toMatchObject({ total: fleet });
    await expectUntouched();
  });

  test('by a filter that finds another number fails without a change', async () => {
    const filter = { orderId: active[0]?.orderId, state: 'active' };
    for (const confirm of [0, 19, 21]) {
      const { id } = is(202, await terminate({ filter }, confirm));
      const operation = await acme.operationDone(id);
      expect(operation).toMatchObject({ state: 'failed', succeeded: 0, failure: { code: 'confirm_mismatch' } });
      expect(operation.failure?.detail).toMatch(/20/);
      expect(await acme.resultsOf(id, 'succeeded')).toEqual([]);
    }
    await expectUntouched();
  });

  test('that is confirmed affects only the selected SIMs', async () => {
    const [one, two, ...rest] = iccidsOf(active);
    expect(await acme.bulkDone('terminate', { select: { iccids: [one, two, one] }, confirm: 2 })).toMatchObject({
      state: 'succeeded',
      total: 2,
    });
    expect(iccidsOf(await acme.sims({ orderId: active[0]?.orderId ?? '', state: 'active' }))).toEqual([...rest].sort());
    const filter = { orderId: active[0]?.orderId, state: 'active' };
    expect(await acme.bulkDone('terminate', { select: { filter }, confirm: 18 })).toMatchObject({
      state: 'succeeded',
      total: 18,
      succeeded: 18,
    });
    expect(await acme.sims({ orderId: active[0]?.orderId ?? '', state: 'terminated' })).toHaveLength(20);
    expect(is(202, await terminate({ orderId: active[0]?.orderId }, 20)).total).toBe(20);
  });
});
