import { beforeAll, describe, expect, test } from '@jest/globals';
import { eventually, useLocalCloud } from '../support/local-cloud.ts';
import { is, type Operation, type Sim } from '../support/partner.ts';
import { expectInvalid, expectProblem } from '../support/problems.ts';
import { startReceiver } from '../support/receiver.ts';

const cloud = useLocalCloud();
const acme = cloud.partner(`replacement-${process.pid}`);
const globex = cloud.partner(`replacement-others-${process.pid}`);
const { api } = acme;
const operator = cloud.operator('a1');
const prompt = { leadTimeDays: 0 };

let live: string[];
let stock: string[];
let theirs: string;

const read = async (iccid = '') => is(200, await api.get<Sim>(`/v1/sims/${iccid}`));
const replace = (iccid = '', by = '', reason = 'lost') =>
  api.post<Operation>(`/v1/sims/${iccid}/replace`, { by, reason });
const replaced = async (iccid = '', by = '', reason = 'lost') => {
  const { id } = is(202, await replace(iccid, by, reason));
  return acme.operationDone(id);
};
const next = (list: string[]): string => list.shift() ?? '';
const typesOf = async (iccid: string) =>
  (await acme.all<{ type: string; reason?: string }>(`/v1/sims/${iccid}/events`)).map(({ type }) => type);

beforeAll(async () => {
  await operator.behaves(prompt);
  const [active, spare, foreign] = await Promise.all([
    acme.activeSims({ operatorId: 'a1', quantity: 20 }),
    acme.simsInStock({ operatorId: 'a1', quantity: 20 }),
    globex.simsInStock({ operatorId: 'a1', quantity: 20 }),
  ]);
  live = active.map(({ iccid }) => iccid);
  stock = spare.map(({ iccid }) => iccid);
  theirs = foreign[0]?.iccid ?? '';
  is(200, await api.put('/v1/sim-fields', { names: ['site', 'contract'] }));
});

describe('an active SIM that is replaced', () => {
  test('is terminated after the new one has taken over everything and is active', async () => {
    const [iccid, by] = [next(live), next(stock)];
    is(200, await api.patch(`/v1/sims/${by}`, { label: 'Spare', tags: ['spare'], fields: { contract: 'None' } }));
    const labels = { label: 'Gate', tags: ['north'], fields: { site: 'Leeds' } };
    const before = is(200, await api.patch<Sim>(`/v1/sims/${iccid}`, labels));
    expect(before.nextActions).toContain('replace');

    const operation = await replaced(iccid, by, 'stolen');
    expect(operation).toMatchObject({
      action: 'replace',
      state: 'succeeded',
      total: 1,
      succeeded: 1,
      reason: 'stolen',
      target: { iccid, by },
    });
    const { customerId, customerServiceId } = before;
    const taken = { customerId, customerServiceId, ...labels };
    expect(await read(by)).toMatchObject({ ...taken, state: 'active', bars: [], replaces: iccid });
    expect(await read(iccid)).toMatchObject({ ...taken, state: 'terminated', replacedBy: by, nextActions: [] });
    const [ofOld, ofNew] = [await typesOf(iccid), await typesOf(by)];
    expect(ofOld.slice(-3)).toEqual(['sim.replacement_requested', 'sim.terminated', 'sim.replaced']);
    expect(ofNew.filter((type) => /replace|assigned|activated|took/.test(type))).toEqual([
      'sim.replacement_requested',
      'sim.assigned',
      'sim.activated',
      'sim.took_over',
    ]);
    expect(await acme.resultsOf(operation.id)).toEqual([{ iccid, outcome: 'succeeded' }]);
  });

  test('is checked by a dry run, which changes nothing and is refused as the request itself would be', async () => {
    const [[iccid = ''], [by = '']] = [live, stock];
    const dryRun = (replacement: string) =>
      api.post(`/v1/sims/${iccid}/replace`, { by: replacement, reason: 'lost', dryRun: true });
    const before = [await read(iccid), await read(by)];
    expect(is(200, await dryRun(by))).toEqual({
      total: 1,
      eligible: 1,
      unchanged: 0,
      ineligible: 0,
      byCode: {},
      results: [{ iccid, eligible: true, warnings: [{ code: 'within_term', until: before[0]?.termEndsOn }] }],
    });
    expect([await read(iccid), await read(by)]).toEqual(before);
    expectProblem(await dryRun(live[1] ?? ''), 409, 'wrong_state');
    expectInvalid(await dryRun(theirs), [['/by', 'not_found']]);
  });

  test('is reported to webhooks with its replacement', async () => {
    const webhooks = await startReceiver();
    const webhook = { url: webhooks.url, events: ['sim.replaced'] };
    const { id, secret } = is(201, await api.post<{ id: string; secret: string }>('/v1/webhooks', webhook));
    try {
      const [iccid, by] = [next(live), next(stock)];
      await replaced(iccid, by);
      await eventually(async () => {
        expect(webhooks.taken(secret)).toMatchObject([
          { type: 'sim.replaced', data: { iccid, state: 'terminated', replacedBy: by } },
        ]);
      });
    } finally {
      is(204, await api.del(`/v1/webhooks/${id}`));
      webhooks.stop();
    }
  });

  test('leaves the number of SIMs of its service as it was', async () => {
    const [iccid, by] = [next(live), next(stock)];
    const { customerServiceId } = await read(iccid);
    type Service = { sims?: number };
    const usage = async () => is(200, await api.get<Service>(`/v1/customer-services/${customerServiceId}/usage`)).sims;
    const count = await usage();
    await replaced(iccid, by);
    expect(await usage()).toBe(count);
  });

  test('is shown by its steps, which are not operations of their own to cancel or retry', async () => {
    const [iccid, by] = [next(live), next(stock)];
    const { id } = await replaced(iccid, by);
    const steps = (await acme.all<Operation>('/v1/operations?limit=200')).filter(({ partOf }) => partOf === id);
    expect(steps.map(({ action }) => action).sort()).toEqual(['activate', 'assign', 'label', 'terminate']);
    for (const step of steps) {
      expect(step).toMatchObject({ state: 'succeeded', succeeded: 1 });
      expectProblem(await api.post(`/v1/operations/${step.id}/retry`), 409, 'wrong_state');
      expectProblem(await api.post(`/v1/operations/${step.id}/cancel`), 409, 'wrong_state');
    }
  });
});

test('a suspended SIM is replaced by one that is assigned and stays barred', async () => {
  const [iccid, by] = [next(live), next(stock)];
  await acme.bulkDone('suspend', { select: { iccids: [iccid] } });
  expect(await replaced(iccid, by, 'faulty')).toMatchObject({ state: 'succeeded' });
  expect(await read(by)).toMatchObject({ state: 'assigned', replaces: iccid });
  expect(await read(iccid)).toMatchObject({ state: 'terminated', replacedBy: by });
});

describe('a replacement whose new SIM cannot be activated', () => {
  test('leaves the old SIM in use, and its retry continues', async () => {
    const [iccid, by] = [next(live), next(stock)];
    await operator.behaves({ ...prompt, refuseActivation: [by] });
    const failed = await replaced(iccid, by);
    expect(failed).toMatchObject({ state: 'failed', failed: 1 });
    expect((await acme.resultsOf(failed.id))[0]).toMatchObject({ iccid, problem: { code: 'operator_refused' } });
    expect(await read(iccid)).toMatchObject({ state: 'active' });
    expect(await read(iccid)).not.toHaveProperty('replacedBy');
    expect(await read(by)).toMatchObject({ state: 'assigned' });

    await operator.behaves(prompt);
    const { id } = is(202, await api.post<Operation>(`/v1/operations/${failed.id}/retry`));
    expect(await acme.operationDone(id)).toMatchObject({ action: 'replace', state: 'succeeded' });
    expect(await read(by)).toMatchObject({ state: 'active', replaces: iccid });
    expect(await read(iccid)).toMatchObject({ state: 'terminated', replacedBy: by });
  });

  test('does not terminate a SIM that another customer has got meanwhile', async () => {
    const [iccid, by] = [next(live), next(stock)];
    const { customer, service } = await acme.aCustomerWithService();
    await operator.behaves({ ...prompt, activationDelayDays: 2 });
    const { id } = await cloud.clock.held(async () => {
      const operation = is(202, await replace(iccid, by));
      await eventually(async () => expect(await read(by)).toMatchObject({ state: 'activating' }));
      await acme.bulkDone('unassign', { select: { iccids: [iccid] } });
      await acme.bulkDone('assign', {
        select: { iccids: [iccid] },
        customerId: customer.id,
        customerServiceId: service.id,
      });
      return operation;
    });
    expect(await acme.operationDone(id)).toMatchObject({ state: 'failed', failed: 1 });
    expect((await acme.resultsOf(id))[0]).toMatchObject({ iccid, problem: { code: 'conflict' } });
    expect(await read(iccid)).toMatchObject({ state: 'assigned', customerId: customer.id });
    expect(await read(iccid)).not.toHaveProperty('replacedBy');
    expectProblem(await api.post(`/v1/operations/${id}/retry`), 409, 'wrong_state');
    await operator.behaves(prompt);
  });

  test('can be cancelled while it waits, and the old SIM stays', async () => {
    const [iccid, by] = [next(live), next(stock)];
    await operator.behaves({ ...prompt, activationDelayDays: 2 });
    const { id } = is(202, await replace(iccid, by));
    await eventually(async () => expect(await read(by)).toMatchObject({ state: 'activating' }));
    expectProblem(await replace(iccid, next(stock)), 409, 'wrong_state');
    expect((await read(iccid)).nextActions).toEqual(['suspend', 'terminate', 'assign', 'migrate', 'unassign']);
    is(200, await api.post(`/v1/operations/${id}/cancel`));
    expect(await acme.operationDone(id)).toMatchObject({ state: 'cancelled' });
    expect(await read(iccid)).toMatchObject({ state: 'active' });
    expect((await read(iccid)).nextActions).toContain('replace');
    await operator.behaves(prompt);
  });
});

describe('a replacement is refused', () => {
  test('for SIMs in the wrong state', async () => {
    const [spare, other] = [next(stock), next(stock)];
    expectProblem(await replace(spare, other), 409, 'wrong_state');
    expectProblem(await replace(live[0], live[1]), 409, 'wrong_state');
    expect((await read(spare)).nextActions).not.toContain('replace');
    expect(await typesOf(spare)).not.toContain('sim.replacement_requested');
  });

  test('for SIMs that do not exist, of another partner, or the same', async () => {
    expectInvalid(await replace(live[0], theirs), [['/by', 'not_found']]);
    expectInvalid(await replace(live[0], '8944200000000000017'), [['/by', 'not_found']]);
    expectInvalid(await replace(live[0], live[0]), [['/by', 'invalid_value']]);
    expectInvalid(await replace(live[0], stock[0], 'bored'), [['/reason', 'invalid_value']]);
    expectProblem(await replace(theirs, stock[0]), 404);
  });

  test('when the tariff of the service does not cover the new SIM', async () => {
    const [uk] = await acme.simsInStock({ operatorId: '3uk', quantity: 50 });
    const { customer, service } = await acme.aCustomerWithService({ tariffId: 'trf_customer_3uk' });
    const ukSims = await acme.sims({ operatorId: '3uk' });
    const iccid = ukSims[1]?.iccid ?? '';
    await acme.bulkDone('assign', {
      select: { iccids: [iccid] },
      customerId: customer.id,
      customerServiceId: service.id,
    });
    expectInvalid(await replace(iccid, stock[0]), [['/by', 'tariff_mismatch']]);
    expect(await replaced(iccid, uk?.iccid)).toMatchObject({ state: 'succeeded' });
  });

  test('to roles that may not change SIMs', async () => {
    for (const role of ['accounts', 'billing'] as const) {
      const as = cloud.as({ partnerId: acme.id, roles: [role] });
      expectProblem(await as.post(`/v1/sims/${live[0]}/replace`, { by: stock[0], reason: 'lost' }), 403);
    }
  });
});

test('a repeated request with the same key starts one replacement', async () => {
  const [iccid, by] = [next(live), next(stock)];
  const key = { 'idempotency-key': `replace ${iccid}` };
  const body = { by, reason: 'other' };
  const [one, other] = [
    await api.post<Operation>(`/v1/sims/${iccid}/replace`, body, key),
    await api.post<Operation>(`/v1/sims/${iccid}/replace`, body, key),
  ];
  expect(is(202, other).id).toBe(is(202, one).id);
  expect(await acme.operationDone(is(202, one).id)).toMatchObject({ state: 'succeeded' });
});
