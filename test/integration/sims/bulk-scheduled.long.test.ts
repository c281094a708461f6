import { beforeAll, describe, expect, test } from '@jest/globals';
import { DAY_MS } from '../../../domain/time-units.ts';
import { eventually, patience, useLocalCloud } from '../support/local-cloud.ts';
import { is, type Operation, type Page, type Sim } from '../support/partner.ts';
import { expectInvalid, expectProblem } from '../support/problems.ts';

const cloud = useLocalCloud({ dayMs: 500 * patience });
const acme = cloud.partner('acme-scheduled');
const { api } = acme;

/** The scaled time, so many days from now. */
async function inDays(days: number): Promise<string> {
  const { body } = await cloud.api().get<{ now: string }>('/_local/clock');
  return new Date(Date.parse(body.now) + days * DAY_MS).toISOString();
}

const operationOf = async (id: string) => is(200, await api.get<Operation>(`/v1/operations/${id}`));
const iccidsOf = (sims: readonly Sim[]) => sims.map(({ iccid }) => iccid);

let partnerServiceId: string;
let sims: Sim[];

beforeAll(async () => {
  partnerServiceId = (await acme.aPartnerService()).id;
  sims = await acme.simsInHolding({ operatorId: '3uk', quantity: 50 });
});

const migrate = (select: object, effectiveAt: string, rest: object = {}) =>
  api.post<Operation>('/v1/sims/migrate', { select, partnerServiceId, effectiveAt, ...rest });

// Days have to pass: they pass for all of them at once.
describe('a scheduled operation', () => {
  test.concurrent('changes nothing until its time, and then starts', async () => {
    const patient = cloud.partner('acme-waits');
    const { id: itsService } = await patient.aPartnerService();
    const iccids = iccidsOf(await patient.simsInHolding({ operatorId: 'a1', quantity: 20 })).slice(0, 3);
    const effectiveAt = await inDays(12);
    const asked = await patient.api.post<Operation>('/v1/sims/migrate', {
      select: { iccids: [...iccids, iccids[0]] },
      partnerServiceId: itsService,
      effectiveAt,
    });
    expect(asked.status).toBe(202);
    expect(asked.headers.get('location')).toBe(`/v1/operations/${asked.body.id}`);
    expect(asked.body).toMatchObject({ state: 'scheduled', effectiveAt, succeeded: 0, failed: 0 });
    expect(asked.body).not.toHaveProperty('total');
    const waiting = is(200, await patient.api.get<Page<Operation>>('/v1/operations?state=scheduled'));
    expect(waiting.items.map(({ id }) => id)).toEqual([asked.body.id]);
    expect(is(200, await patient.api.get(`/v1/operations/${asked.body.id}`))).toEqual(asked.body);
    expect(is(200, await patient.api.get<Sim>(`/v1/sims/${iccids[0]}`)).state).toBe('in_holding');

    const done = await patient.operationDone(asked.body.id);
    expect(done).toMatchObject({ state: 'succeeded', effectiveAt, total: 3, succeeded: 3, failed: 0 });
    expect((done.startedAt ?? '') >= effectiveAt).toBe(true);
    expect(iccidsOf(await patient.sims({ state: 'in_stock' }))).toEqual(iccids);
  });

  test.concurrent('selects its SIMs when it starts, by filter and by order', async () => {
    const order = await acme.ordersAccepted({ operatorId: 'a1', quantity: 20 });
    const effectiveAt = await inDays(30);
    const byOrder = is(202, await migrate({ orderId: order.id }, effectiveAt));
    const byFilter = is(202, await migrate({ filter: { state: 'in_holding', operatorId: '3uk' } }, effectiveAt));
    expect([byOrder, byFilter].map(({ state }) => state)).toEqual(['scheduled', 'scheduled']);
    await acme.orderIn(order.id, 'delivered');
    const [one, ...rest] = iccidsOf(await acme.sims({ state: 'in_holding', operatorId: '3uk' }));
    // This one is no longer in holding when the operation begins.
    await acme.bulkDone('migrate', { select: { iccids: [one] }, partnerServiceId });

    expect(await acme.operationDone(byOrder.id)).toMatchObject({ state: 'succeeded', total: 20, succeeded: 20 });
    expect(await acme.operationDone(byFilter.id)).toMatchObject({ state: 'succeeded', total: rest.length });
    expect((await acme.resultsOf(byFilter.id)).map(({ iccid }) => iccid).sort()).toEqual(rest);
  });

  test.concurrent('fails with the reason when the SIMs of its order have not arrived by then', async () => {
    await cloud.operator('orange').behaves({ leadTimeDays: 200 });
    const { id: orderId } = await acme.ordersAccepted({ operatorId: 'orange', quantity: 50 });
    const { id } = is(202, await migrate({ orderId }, await inDays(8)));
    const ended = await acme.operationDone(id);
    await cloud.operator('orange').behavesWell();
    expect(ended).toMatchObject({ state: 'failed', succeeded: 0, failure: { code: 'wrong_state' } });
    expect(ended).not.toHaveProperty('total');
    // Trying again is for the same SIMs, which have not come still: it is no success with none.
    const retry = is(202, await api.post<Operation>(`/v1/operations/${id}/retry`));
    expect(await acme.operationDone(retry.id)).toMatchObject({ state: 'failed', failure: { code: 'wrong_state' } });
  });

  test.concurrent('terminates SIMs only if their number matches the confirmation', async () => {
    const active = await acme.activeSims({ operatorId: 'a1', quantity: 20 });
    const orderId = active[0]?.orderId ?? '';
    const terminate = async (confirm: number) =>
      api.post<Operation>('/v1/sims/terminate', {
        select: { filter: { orderId } },
        confirm,
        effectiveAt: await inDays(2),
      });
    const wrong = is(202, await terminate(19));
    expect(await acme.operationDone(wrong.id)).toMatchObject({
      state: 'failed',
      failure: { code: 'confirm_mismatch' },
    });
    expectProblem(await api.post(`/v1/operations/${wrong.id}/retry`), 409, 'wrong_state');
    expect(await acme.sims({ orderId, state: 'active' })).toHaveLength(20);
    expect(await acme.operationDone(is(202, await terminate(20)).id)).toMatchObject({ state: 'succeeded', total: 20 });
  });

  test.concurrent('can be cancelled until then, immediately and permanently', async () => {
    const effectiveAt = await inDays(12);
    const { id } = is(202, await migrate({ filter: { operatorId: '3uk' } }, effectiveAt));
    const cancelled = is(200, await api.post<Operation>(`/v1/operations/${id}/cancel`));
    expect(cancelled).toMatchObject({ state: 'cancelled', succeeded: 0, failed: 0 });
    expect(cancelled.finishedAt).toEqual(expect.any(String));
    expectProblem(await api.post(`/v1/operations/${id}/cancel`), 409, 'wrong_state');
    expectProblem(await api.post(`/v1/operations/${id}/retry`), 409, 'wrong_state');
    await eventually(async () => expect((await inDays(0)) > effectiveAt).toBe(true));
    expect(await operationOf(id)).toEqual(cancelled);
  });
});

describe('the time of an operation', () => {
  test('in the past means immediately', async () => {
    const [sim] = await acme.sims({ operatorId: '3uk' });
    const asked = is(202, await migrate({ iccids: [sim?.iccid] }, '2020-01-01T00:00:00+02:00'));
    expect(asked).toMatchObject({ state: 'queued', total: 1 });
    expect(await acme.operationDone(asked.id)).toMatchObject({ state: 'succeeded' });
  });

  test('is a valid time, up to 180 days ahead', async () => {
    const { id } = is(202, await migrate({ iccids: [] }, await inDays(179)));
    is(200, await api.post(`/v1/operations/${id}/cancel`));
    for (const rest of [{}, { dryRun: true }]) {
      expectInvalid(await migrate({ iccids: [] }, await inDays(181), rest), [['/effectiveAt', 'too_far_ahead']]);
    }
    for (const wrong of ['tomorrow', '2027-01-01', '2027-01-01T00:00:00']) {
      expect(expectProblem(await migrate({ iccids: [] }, wrong), 422).errors?.[0]?.pointer).toBe('/effectiveAt');
    }
  });

  test('does not delay a dry run', async () => {
    const answer = await migrate({ iccids: iccidsOf(sims).slice(0, 2) }, await inDays(100), { dryRun: true });
    expect(is(200, answer)).toMatchObject({ total: 2, eligible: 2 });
  });
});
