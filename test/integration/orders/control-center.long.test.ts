import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually, useLocalCloud } from '../support/local-cloud.ts';
import { grantTariffs, settingsByHand } from '../support/operators-by-hand.ts';
import { is, type Order, type Plan, type Sim } from '../support/partner.ts';
import { expectInvalid, expectProblem } from '../support/problems.ts';

/** Fresh, so that no comparison of all SIMs is in progress. */
const cloud = useLocalCloud({ isFresh: true });
const acme = cloud.partner('acme-control-center');
const platform = cloud.as({ roles: ['platform'] });
const operator = cloud.operator('control');

const settings = {
  ...settingsByHand,
  name: 'Control Mobile',
  connectivity: 'api',
  platform: { kind: 'control-center' },
} as const;

let services: { partnerServiceId: string; customerId: string; customerServiceId: string };

type Execution = { name: string; status: string };

const read = async (iccid: string) => is(200, await acme.api.get<Sim>(`/v1/sims/${iccid}`));
const statesOf = async (iccids: readonly string[]) =>
  new Set((await Promise.all(iccids.map(read))).map(({ state }) => state));

/** An order that the staff place, and whose SIMs they load from the operator's list. */
async function delivered(quantity: number, plan: Plan): Promise<{ id: string; iccids: string[] }> {
  const { id } = await acme.orders({ operatorId: 'control', quantity, plan });
  const on = `/v1/platform/partners/${acme.id}/orders/${id}`;
  is(200, await platform.post(`${on}/accept`, { operatorReference: `CC-${id}` }));
  is(200, await platform.post(`${on}/dispatch`, {}));
  const list = await operator.ships(quantity);
  expect(is(200, await platform.post(`${on}/sims`, list, { 'content-type': 'text/csv' }))).toMatchObject({
    loaded: quantity,
    rejected: 0,
  });
  is(200, await platform.post<Order>(`${on}/deliver`, {}));
  await acme.orderIn(id, 'fulfilled');
  return { id, iccids: (await acme.sims({ orderId: id })).map(({ iccid }) => iccid) };
}

/** Changes SIMs, and waits for the operation's end while the days pass. */
async function changed(action: 'activate' | 'suspend' | 'resume' | 'terminate', iccids: string[], fields: object = {}) {
  const { id } = await acme.bulk(action, { select: { iccids }, ...fields });
  return acme.operationDone(id);
}

beforeAll(async () => {
  is(201, await platform.put('/v1/platform/operators/control', settings));
  await grantTariffs(platform, acme, 'control', ['control']);
  const { id: partnerServiceId } = await acme.aPartnerService({ tariffId: 'trf_control_partner' });
  const { customer, service } = await acme.aCustomerWithService({ tariffId: 'trf_control_customer' });
  services = { partnerServiceId, customerId: customer.id, customerServiceId: service.id };
});
afterEach(() => operator.behavesWell());

describe('an operator on Control Center, added at run time', () => {
  test('has a SIM that waits for nothing compared after its push message', async () => {
    const { iccids } = await delivered(10, { ...services, activate: true });
    const [iccid = '', silent = ''] = iccids;
    await operator.setsDevice(iccid, 'DEACTIVATED');
    await operator.setsDevice(silent, 'DEACTIVATED');
    await cloud.clock.held(async () => {
      const timestamp = (await cloud.clock.now()).toISOString();
      const data = `<SimStateChange><iccid>${iccid}</iccid></SimStateChange>`;
      is(200, await operator.pushes({ data, timestamp }));
      is(200, await operator.pushes({ data, timestamp }));
    });
    const typesOf = async (of: string) =>
      (await acme.all<{ type: string }>(`/v1/sims/${of}/events`)).map(({ type }) => type);
    await eventually(async () => expect(await typesOf(iccid)).toContain('sim.differs'));
    expect((await typesOf(iccid)).filter((type) => type === 'sim.differs')).toHaveLength(1);
    expect(await read(iccid)).toMatchObject({ state: 'active' });
    // The other one is found by the comparison of all SIMs, which has not started in this cloud yet.
    expect(await typesOf(silent)).not.toContain('sim.differs');
  });

  test('has its SIMs put into service from the staff’s list, suspended, resumed and terminated, each confirmed later', async () => {
    await operator.behaves({ changeDelayDays: 0.5, activationDelayDays: 0.5 });
    const { id, iccids } = await delivered(60, { ...services, activate: true });
    expect(is(200, await acme.api.get<Order>(`/v1/orders/${id}`)).progress).toMatchObject({
      received: 60,
      activated: 60,
      failed: 0,
    });

    const [refused = '', ...others] = iccids;
    await operator.behaves({ changeDelayDays: 0.5, refuseChanges: [refused] });
    const suspension = await changed('suspend', iccids, { reason: 'not_paid' });
    expect(suspension).toMatchObject({ succeeded: 59, failed: 1 });
    expect(await acme.all(`/v1/operations/${suspension.id}/results?outcome=failed`)).toMatchObject([
      { iccid: refused, problem: { code: 'operator_refused', detail: 'The SIM cannot change its status' } },
    ]);
    expect(await read(refused)).toMatchObject({ state: 'active', bars: [] });
    expect(await statesOf(others)).toEqual(new Set(['suspended']));

    await operator.behaves({ changeDelayDays: 0.5 });
    expect(await changed('resume', others)).toMatchObject({ succeeded: 59, failed: 0 });
    expect(await changed('terminate', iccids, { confirm: 60 })).toMatchObject({ succeeded: 60, failed: 0 });
    expect(await statesOf(iccids)).toEqual(new Set(['terminated']));
  });

  test('shows a suspension as pending until the operator has made it', async () => {
    const { iccids } = await delivered(10, { ...services, activate: true });
    const [iccid = ''] = iccids;
    await cloud.clock.held(async () => {
      await operator.behaves({ changeDelayDays: 1 });
      const { id } = await acme.bulk('suspend', { select: { iccids: [iccid] }, reason: 'not_paid' });
      await eventually(async () => {
        expect(await read(iccid)).toMatchObject({
          state: 'active',
          nextActions: [],
          pendingChange: { action: 'suspend', operationId: id },
        });
      });
    });
    await eventually(async () => {
      expect(await read(iccid)).toMatchObject({ state: 'suspended' });
    });
  });

  test('reports a refused SIM with its reason', async () => {
    const { id, iccids } = await delivered(10, services);
    const [refused = ''] = iccids;
    await operator.behaves({ refuseActivation: [refused] });
    const activation = await acme.bulk('activate', { select: { orderId: id } });
    expect(await acme.operationDone(activation.id)).toMatchObject({ succeeded: 9, failed: 1 });
    const results = await acme.all(`/v1/operations/${activation.id}/results?outcome=failed`);
    expect(results).toMatchObject([
      { iccid: refused, problem: { code: 'operator_refused', detail: 'The SIM cannot change its status' } },
    ]);
    expect(await read(refused)).toMatchObject({ state: 'assigned' });
  });

  test('has every SIM changed although calls are refused as too many, lost, or answered with HTML pages', async () => {
    const { iccids } = await delivered(20, services);
    // A day takes half a second here: a change that is not confirmed for seven of them fails.
    await operator.behaves({ requestsPerSecond: 8, concurrentCalls: 1 });
    expect(await changed('activate', iccids.slice(0, 10))).toMatchObject({ succeeded: 10, failed: 0 });
    await operator.behaves({ failureRate: 0.4 });
    expect(await changed('activate', iccids.slice(10))).toMatchObject({ succeeded: 10, failed: 0 });
    expect(await statesOf(iccids)).toEqual(new Set(['active']));
  });

  test('has a pending change confirmed at once after its push message, which counts only if the operator signed it', async () => {
    const { iccids } = await delivered(10, { ...services, activate: true });
    const [iccid = '', other = ''] = iccids;
    const timestamp = async (hours: number) =>
      new Date((await cloud.clock.now()).getTime() + hours * 3_600_000).toISOString();
    await operator.behaves({ changeDelayDays: 300 });
    await acme.bulk('suspend', { select: { iccids: [iccid] }, reason: 'not_paid' });
    await eventually(async () => {
      expect(await read(iccid)).toMatchObject({ pendingChange: { action: 'suspend' } });
    });
    // After a day, the operator is polled every six hours, and not at all while the clock is held.
    await cloud.clock.skip({ days: 1 });
    await cloud.clock.held(async () => {
      // Until the poll that was due when the day was skipped has ended, on a busy machine as well.
      await setTimeout(8_000);
      await operator.changesSim(iccid, { status: 'barred' });
      const message = {
        data: `<SimStateChange><iccid>${iccid}</iccid></SimStateChange>`,
        timestamp: await timestamp(0),
      };
      expectProblem(await operator.pushes({ ...message, secret: 'guessed' }), 403, 'forbidden');
      expectProblem(await operator.pushes({ ...message, timestamp: await timestamp(-2) }), 403, 'forbidden');
      await setTimeout(1_000);
      expect(await read(iccid)).toMatchObject({ state: 'active', pendingChange: { action: 'suspend' } });
      is(200, await operator.pushes(message));
      await eventually(async () => {
        expect(await read(iccid)).toMatchObject({ state: 'suspended' });
      });
      // A message is a hint: what it says does not change a SIM, nor does a repetition.
      const data = JSON.stringify({ iccid: other, currentState: 'RETIRED' });
      is(200, await operator.pushes({ data, timestamp: await timestamp(0) }));
      is(200, await operator.pushes(message));
      expect(await read(other)).toMatchObject({ state: 'active' });
    });
  });

  test('is polled by one execution only, however often it sends push messages', async () => {
    const { iccids } = await delivered(10, { ...services, activate: true });
    const [iccid = ''] = iccids;
    await operator.behaves({ changeDelayDays: 300 });
    // The change would be overdue after seven days, which pass quickly unless the clock is held.
    await cloud.clock.held(async () => {
      const { id } = await acme.bulk('suspend', { select: { iccids: [iccid] } });
      await eventually(async () => {
        expect(await read(iccid)).toMatchObject({ pendingChange: { action: 'suspend' } });
      });
      const executions = async () => {
        const { items } = is(200, await cloud.api().get<{ items: Execution[] }>('/_local/executions'));
        return items.filter(({ name }) => name.startsWith(`${id}-`)).map(({ status }) => status);
      };
      for (const count of [2, 3, 4]) {
        await cloud.clock.skip({ days: 0.75 });
        const timestamp = (await cloud.clock.now()).toISOString();
        is(200, await operator.pushes({ data: `<SimStateChange><iccid>${iccid}</iccid></SimStateChange>`, timestamp }));
        expect(await executions()).toHaveLength(count);
      }
      // Their pauses end after six hours; on a busy machine one may only begin after this step.
      await eventually(async () => {
        await cloud.clock.skip({ days: 0.3 });
        await setTimeout(1_000);
        expect((await executions()).toSorted()).toEqual(['RUNNING', 'SUCCEEDED', 'SUCCEEDED', 'SUCCEEDED']);
      });
    });
  });

  test('tells whether its SIMs have a data session, if it responds', async () => {
    const { iccids } = await delivered(10, { ...services, activate: true });
    const [iccid = ''] = iccids;
    const path = `/v1/sims/${iccid}/connectivity`;
    expect(is(200, await acme.api.get(path))).toEqual({ status: 'unknown', askedAt: expect.any(String) });
    await operator.changesSim(iccid, { connected: true, network: '23420', ip: '10.1.2.3' });
    const connected = is(200, await acme.api.get<{ askedAt: string }>(path));
    expect(connected).toEqual({
      status: 'connected',
      since: expect.stringMatching(/Z$/),
      network: '23420',
      ip: '10.1.2.3',
      lastSeenAt: connected.askedAt,
      askedAt: connected.askedAt,
    });
    const user = cloud.as({ partnerId: acme.id, customerId: services.customerId, roles: ['customer_user'] });
    expect(is(200, await user.get(path))).toMatchObject({ status: 'connected' });
    const stranger = cloud.as({ partnerId: acme.id, customerId: 'cus_other', roles: ['customer_user'] });
    expectProblem(await stranger.get(path), 404, 'not_found');

    await operator.behaves({ failureRate: 1 });
    expectProblem(await acme.api.get(path), 503, 'operator_unavailable');
    await operator.behavesWell();
    const [other] = await acme.simsInHolding({ operatorId: 'a1', quantity: 20 });
    expectProblem(await acme.api.get(`/v1/sims/${other?.iccid}/connectivity`), 409, 'not_supported');
  });

  test('cannot be set to take orders', async () => {
    const answer = await platform.put('/v1/platform/operators/control', { ...settings, ordering: 'api' });
    expectInvalid(answer, [['/ordering', 'not_supported']]);
  });
});
