import { describe, expect, test } from '@jest/globals';
import { DAY_MS } from '../../../domain/time-units.ts';
import { useLocalCloud } from '../support/local-cloud.ts';
import {
  type CustomerService,
  is,
  type PartnerService,
  type ProblemDocument,
  problemCounts,
  type ServiceUsage,
  type Sim,
} from '../support/partner.ts';
import { expectInvalid, expectProblem } from '../support/problems.ts';

const cloud = useLocalCloud();
const acme = cloud.partner('acme-tariffs');
const { api } = acme;
const foreign = cloud.partner('globex-tariffs').api;

const periodOf = (at: Date) => at.toISOString().slice(0, 7);
const monthAfter = (at: Date) => new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 1, 1));

/** Sets the held clock to a moment. */
async function setClock(to: Date): Promise<void> {
  await cloud.clock.skip({ days: (to.getTime() - (await cloud.clock.now()).getTime()) / DAY_MS });
}

const pathOf = ({ id }: { id: string }) => `/v1/${id.startsWith('psv_') ? 'partner' : 'customer'}-services/${id}`;
const read = async (service: { id: string }) => is(200, await api.get<CustomerService>(pathOf(service)));
const patch = (service: { id: string }, body: object) => api.patch<CustomerService>(pathOf(service), body);
const usageOf = async (service: { id: string }, period = '') =>
  is(200, await api.get<ServiceUsage>(`${pathOf(service)}/usage${period === '' ? '' : `?period=${period}`}`));

const iccidsOf = (sims: readonly Sim[]) => sims.map(({ iccid }) => iccid);
const GB = 1_000_000_000;

describe('the tariff of a service', () => {
  test('changes at once by default, for the current period', async () => {
    const { service } = await acme.aCustomerWithService();
    const changed = is(200, await patch(service, { tariffId: 'trf_customer_3uk' }));
    expect(changed).toMatchObject({ tariffId: 'trf_customer_3uk', name: service.name, version: 2 });
    expect(changed).not.toHaveProperty('nextTariff');
    expect(await usageOf(service)).toMatchObject({ tariffId: 'trf_customer_3uk', allowanceBytes: 500_000_000 });
    // The same again changes nothing.
    expect(is(200, await patch(service, { tariffId: 'trf_customer_3uk' }))).toEqual(changed);

    const partnerService = await acme.aPartnerService();
    expect(is(200, await patch(partnerService, { tariffId: 'trf_partner_isles', name: 'Isles' }))).toMatchObject({
      tariffId: 'trf_partner_isles',
      name: 'Isles',
    });
    expect(await usageOf(partnerService)).toMatchObject({ pooling: 'per_sim', allowanceBytes: 500_000_000 });
  });

  test('is a granted one for the audience, and holding services have none', async () => {
    const { service } = await acme.aCustomerWithService();
    const partnerService = await acme.aPartnerService();
    for (const effectiveAt of ['now', 'next_period', undefined]) {
      const to = (tariffId: string) => ({ tariffId, effectiveAt });
      expectInvalid(await patch(service, to('trf_none')), [['/tariffId', 'not_found']]);
      expectInvalid(await patch(service, to('trf_partner_all')), [['/tariffId', 'wrong_audience']]);
      expectInvalid(await patch(partnerService, to('trf_customer_all')), [['/tariffId', 'wrong_audience']]);
      expectProblem(await patch({ id: 'psv_holding_a1' }, to('trf_partner_all')), 409, 'holding_service');
    }
    expectInvalid(await patch(service, { effectiveAt: 'next_period' }), [['/tariffId', 'required']]);
    expectInvalid(await patch(service, { tariffId: 'trf_customer_3uk', effectiveAt: 'later' }), [
      ['/effectiveAt', 'invalid_value'],
    ]);
    expectProblem(await foreign.patch(pathOf(service), { tariffId: 'trf_customer_3uk' }), 404, 'not_found');
    expectProblem(await foreign.patch(pathOf(partnerService), { tariffId: 'trf_partner_isles' }), 404, 'not_found');
    expect(await read(service)).toEqual(service);
  });

  test('is not changed with a stale ETag, and its change is in the journal', async () => {
    const { service } = await acme.aCustomerWithService();
    const seen = (await api.get(pathOf(service))).headers.get('etag') ?? '';
    const to = { tariffId: 'trf_customer_pool', effectiveAt: 'next_period' };
    is(200, await api.patch(pathOf(service), to, { 'if-match': seen }));
    expectProblem(await api.patch(pathOf(service), to, { 'if-match': seen }), 412, 'precondition_failed');
    const [entry] = await acme.all<{ changes: unknown[] }>(`/v1/journal?resource=${pathOf(service)}`);
    expect(entry?.changes).toEqual([
      { field: 'nextTariff.tariffId', after: 'trf_customer_pool' },
      { field: 'nextTariff.from', after: expect.stringMatching(/-01T00:00:00.000Z$/) },
    ]);
  });

  test('covers all SIMs of the service, terminated ones excepted', async () => {
    const sims = await acme.activeSims({ operatorId: 'a1', quantity: 20 });
    const iccids = iccidsOf(sims);
    const [{ customerId = '', customerServiceId = '', partnerServiceId = '' } = {} as Sim] = sims;
    const [service, partnerService] = [{ id: customerServiceId }, { id: partnerServiceId }];
    const other = await acme.aCustomerService(customerId);
    await acme.bulkDone('assign', {
      select: { iccids: iccids.slice(0, 5) },
      customerId,
      customerServiceId: other.id,
    });
    await acme.bulkDone('terminate', { select: { iccids: iccids.slice(-3) }, confirm: 3 });
    const refused = async (of: { id: string }, tariffId: string, sims: number) => {
      for (const effectiveAt of ['now', 'next_period']) {
        const problem = await patch(of, { tariffId, effectiveAt });
        expectProblem(problem, 409, 'tariff_mismatch');
        // Safe: it is a problem document.
        expect((problem.body as unknown as ProblemDocument).detail).toContain(` ${sims} SIMs of the service`);
      }
    };
    await refused(service, 'trf_customer_3uk', 12);
    await refused(other, 'trf_customer_static', 5);
    await refused(partnerService, 'trf_partner_isles', 17);

    // A tariff that covers their operator alone is enough.
    expect(is(200, await patch(service, { tariffId: 'trf_customer_a1' }))).toMatchObject({
      tariffId: 'trf_customer_a1',
    });
    expect(is(200, await patch(partnerService, { tariffId: 'trf_partner_continent' }))).toMatchObject({
      tariffId: 'trf_partner_continent',
    });
    await acme.bulkDone('terminate', { select: { iccids }, confirm: 20 });
    is(200, await patch(service, { tariffId: 'trf_customer_3uk' }));
    is(200, await patch(partnerService, { tariffId: 'trf_partner_isles' }));
  });
});

describe('the tariff of the next period', () => {
  test('is shown, replaced and withdrawn until the period begins, and then holds', async () => {
    const { customer, service } = await acme.aCustomerWithService();
    await cloud.clock.held(async () => {
      const turn = monthAfter(await cloud.clock.now());
      await setClock(new Date(turn.getTime() - 1000));
      const [period, next] = [periodOf(await cloud.clock.now()), periodOf(turn)];
      const from = turn.toISOString();

      const planned = is(200, await patch(service, { tariffId: 'trf_customer_static', effectiveAt: 'next_period' }));
      expect(planned).toMatchObject({
        tariffId: 'trf_customer_all',
        nextTariff: { tariffId: 'trf_customer_static', from },
      });
      const replaced = is(200, await patch(service, { tariffId: 'trf_customer_pool', effectiveAt: 'next_period' }));
      expect(replaced.nextTariff).toEqual({ tariffId: 'trf_customer_pool', from });
      const withdrawn = is(200, await patch(service, { tariffId: 'trf_customer_all' }));
      expect(withdrawn).not.toHaveProperty('nextTariff');
      is(200, await patch(service, { tariffId: 'trf_customer_3uk', effectiveAt: 'next_period' }));
      const etag = (await api.get(pathOf(service))).headers.get('etag') ?? '';
      const listed = (query: string) => acme.all<CustomerService>(`/v1/customer-services${query}`);
      expect(await listed(`?customerId=${customer.id}`)).toEqual([await read(service)]);
      expect(await usageOf(service)).toMatchObject({ period, tariffId: 'trf_customer_all', allowanceBytes: GB });

      await setClock(turn);
      const after = await read(service);
      expect(after).toMatchObject({ tariffId: 'trf_customer_3uk', updatedAt: from });
      expect(after).not.toHaveProperty('nextTariff');
      expect(await listed(`?customerId=${customer.id}`)).toEqual([after]);
      expect(await listed('?limit=200')).toContainEqual(after);
      expect(await usageOf(service)).toMatchObject({
        period: next,
        tariffId: 'trf_customer_3uk',
        allowanceBytes: 500_000_000,
      });
      expect(await usageOf(service, period)).toMatchObject({ tariffId: 'trf_customer_all', allowanceBytes: GB });
      expectProblem(
        await api.patch(pathOf(service), { name: 'Late' }, { 'if-match': etag }),
        412,
        'precondition_failed',
      );

      // Later changes leave the past as it was.
      is(200, await patch(service, { name: 'Renamed', tariffId: 'trf_customer_pool' }));
      expect(await usageOf(service, period)).toMatchObject({ tariffId: 'trf_customer_all', allowanceBytes: GB });
      expect(await usageOf(service)).toMatchObject({ tariffId: 'trf_customer_pool', pooling: 'dynamic_pool' });
      expect(await read(service)).toMatchObject({ name: 'Renamed' });
    });
  });

  test('covers SIMs that join before it holds, in dry runs and plans, too', async () => {
    const partnerService = await acme.aPartnerService();
    const { customer, service } = await acme.aCustomerWithService();
    is(200, await patch(service, { tariffId: 'trf_customer_3uk', effectiveAt: 'next_period' }));
    is(200, await patch(partnerService, { tariffId: 'trf_partner_isles', effectiveAt: 'next_period' }));
    const sims = await acme.simsInStock({ operatorId: 'a1', quantity: 20 });
    const select = { iccids: iccidsOf(sims) };
    const assign = { select, customerId: customer.id, customerServiceId: service.id };
    const migrate = { select, partnerServiceId: partnerService.id };
    for (const [action, body] of [
      ['assign', assign],
      ['migrate', migrate],
    ] as const) {
      expect(is(200, await api.post(`/v1/sims/${action}`, { ...body, dryRun: true }))).toMatchObject({
        eligible: 0,
        byCode: { tariff_mismatch: 20 },
      });
      const { id, state } = await acme.bulkDone(action, body);
      expect(state).toBe('failed');
      expect(problemCounts(await acme.resultsOf(id))).toEqual({ tariff_mismatch: 20 });
    }
    const plan = {
      partnerServiceId: partnerService.id,
      customerId: customer.id,
      customerServiceId: service.id,
      activate: true,
    };
    expectInvalid(await api.post('/v1/orders', { operatorId: 'a1', quantity: 20, plan }), [
      ['/plan/partnerServiceId', 'tariff_mismatch'],
      ['/plan/customerServiceId', 'tariff_mismatch'],
    ]);

    is(200, await patch(service, { tariffId: 'trf_customer_all' }));
    expect(await acme.bulkDone('assign', assign)).toMatchObject({ state: 'succeeded' });
  });
});

test('a past period keeps the pool of the SIMs that a service had then', async () => {
  const { customer, service } = await acme.aCustomerWithService({ tariffId: 'trf_customer_pool' });
  const sims = await acme.simsInStock({ operatorId: 'a1', quantity: 20 });
  const select = { iccids: iccidsOf(sims) };
  const assign = { select, customerId: customer.id, customerServiceId: service.id };
  await acme.bulkDone('assign', assign);
  const joined = periodOf(await cloud.clock.now());
  await setClock(new Date(monthAfter(monthAfter(await cloud.clock.now())).getTime() + DAY_MS));
  await acme.bulkDone('terminate', { select: { iccids: select.iccids.slice(5) }, confirm: 15 });
  const pool = (of: number) => ({ sims: of, allowanceBytes: of * 5_000_000, pooling: 'dynamic_pool' });
  expect(await usageOf(service)).toMatchObject(pool(5));
  // The SIMs joined in this month or, on a slow machine, the one before.
  const after = monthAfter(new Date(`${joined}-01T00:00:00Z`));
  expect(await usageOf(service, periodOf(after))).toMatchObject(pool(20));
  is(200, await patch(service, { tariffId: 'trf_customer_all' }));
  expect(await usageOf(service)).toMatchObject({ sims: 5, allowanceBytes: GB, pooling: 'per_sim' });
  expect(await usageOf(service, periodOf(after))).toMatchObject(pool(20));
});

test('SIMs that are assigned during a change of tariff are covered by it, or the change is refused', async () => {
  const { customer, service } = await acme.aCustomerWithService();
  const sims = await acme.simsInStock({ operatorId: 'a1', quantity: 40 });
  const [one, two] = [iccidsOf(sims.slice(0, 20)), iccidsOf(sims.slice(20))];
  const wanted = ['trf_customer_3uk', 'trf_customer_all'] as const;
  for (const [round, iccids] of [one, two, one, two].entries()) {
    const assign = acme.bulkDone('assign', {
      select: { iccids },
      customerId: customer.id,
      customerServiceId: service.id,
    });
    const answers = [];
    for (let attempt = 0; attempt < 12; attempt += 1) {
      answers.push(await patch(service, { tariffId: wanted[attempt % 2] }));
    }
    await assign;
    expect(answers.every(({ status }) => status === 200 || status === 409)).toBe(true);
    const { tariffId } = await read(service);
    const on = await acme.sims({ customerServiceId: service.id });
    // The tariff for 3UK's SIMs alone covers none of these.
    expect(tariffId === 'trf_customer_3uk' ? on : []).toEqual([]);
    is(200, await patch(service, { tariffId: 'trf_customer_all' }));
    if (round % 2 === 1 && on.length > 0) {
      await acme.bulkDone('unassign', { select: { filter: { customerServiceId: service.id } } });
    }
  }
});

describe('a partner service', () => {
  test('is deleted when no live SIM uses it', async () => {
    const sims = await acme.simsInStock({ operatorId: 'a1', quantity: 20 });
    const iccids = iccidsOf(sims);
    const service = { id: sims[0]?.partnerServiceId ?? '' };
    const other = await acme.aPartnerService();
    expectProblem(await api.del(pathOf(service)), 409, 'in_use');
    expectProblem(await foreign.del(pathOf(service)), 404, 'not_found');
    await acme.bulkDone('migrate', { select: { iccids: iccids.slice(2) }, partnerServiceId: other.id });
    expectProblem(await api.del(pathOf(service)), 409, 'in_use');
    await acme.bulkDone('terminate', { select: { iccids: iccids.slice(0, 2) }, confirm: 2 });
    const etag = (await api.get(pathOf(service))).headers.get('etag') ?? '';
    expectProblem(await api.del(pathOf(service), { 'if-match': '"stale"' }), 412, 'precondition_failed');
    expect((await api.del(pathOf(service), { 'if-match': etag })).status).toBe(204);
    expectProblem(await api.get(pathOf(service)), 404, 'not_found');
    expectProblem(await api.del(pathOf(service)), 404, 'not_found');
    expect(await acme.all<PartnerService>('/v1/partner-services')).not.toContainEqual(
      expect.objectContaining({ id: service.id }),
    );
    // The terminated SIMs keep its id.
    expect(is(200, await api.get(`/v1/sims/${iccids[0]}`))).toMatchObject({ partnerServiceId: service.id });
    // An unused one at once, a holding service never.
    const unused = await acme.aPartnerService();
    expect((await api.del(pathOf(unused))).status).toBe(204);
    expectProblem(await api.del('/v1/partner-services/psv_holding_a1'), 409, 'holding_service');
  });

  test('that a plan or a scheduled operation needs can be deleted: their SIMs then fail', async () => {
    const sims = await acme.simsInStock({ operatorId: 'a1', quantity: 20 });
    const plan = await acme.aPlan();
    await cloud.operator('3uk').behaves({ leadTimeDays: 40 });
    const order = await acme.ordersAccepted({ operatorId: '3uk', quantity: 50, plan });
    const service = { id: plan.partnerServiceId };
    const effectiveAt = new Date((await cloud.clock.now()).getTime() + 60 * DAY_MS).toISOString();
    const select = { iccids: iccidsOf(sims) };
    const { id } = await acme.bulk('migrate', { select, partnerServiceId: service.id, effectiveAt });
    expect((await api.del(pathOf(service))).status).toBe(204);
    await cloud.clock.skip({ days: 65 });
    expect(await acme.operationDone(id)).toMatchObject({ state: 'failed', failed: 20 });
    expect(problemCounts(await acme.resultsOf(id))).toEqual({ not_found: 20 });
    const ended = await acme.orderIn(order.id, 'fulfilled');
    expect(ended.progress).toMatchObject({ received: 50, migrated: 0, failed: 50 });
    await cloud.operator('3uk').behavesWell();
  });

  test('is not deleted while SIMs are migrated to it', async () => {
    const sims = await acme.simsInStock({ operatorId: 'a1', quantity: 20 });
    const service = await acme.aPartnerService();
    const { id } = await acme.bulk('migrate', { select: { iccids: iccidsOf(sims) }, partnerServiceId: service.id });
    let status = 409;
    for (let attempt = 0; attempt < 20 && status === 409; attempt += 1) {
      status = (await api.del(pathOf(service))).status;
    }
    const { state } = await acme.operationDone(id);
    const on = await acme.sims({ partnerServiceId: service.id });
    // Either it was deleted before any SIM came, or all have come.
    expect([status, state, on.length]).toEqual(status === 204 ? [204, 'failed', 0] : [409, 'succeeded', 20]);
  });
});

describe('the notes of a service', () => {
  const notes = 'Contract 4711.\n\tAsk for Nora.';

  test('are set, changed and removed, and have up to 2,000 characters', async () => {
    const { id: customerId } = await acme.aCustomer();
    for (const [path, fields] of [
      ['/v1/customer-services', { customerId, tariffId: 'trf_customer_all' }],
      ['/v1/partner-services', { name: 'Noted', tariffId: 'trf_partner_all' }],
    ] as const) {
      const made = is(201, await api.post<CustomerService>(path, { ...fields, notes }));
      expect(made.notes).toBe(notes);
      expect(await read(made)).toEqual(made);
      expect(is(200, await patch(made, { notes: 'x'.repeat(2000) }))).toMatchObject({ notes: 'x'.repeat(2000) });
      expectInvalid(await patch(made, { notes: 'x'.repeat(2001) }), [['/notes', 'too_big']]);
      expectInvalid(await patch(made, { notes: 'a\u0000b' }), [['/notes', 'invalid_format']]);
      expect(is(200, await patch(made, { notes: null }))).not.toHaveProperty('notes');
      const [, entry] = await acme.all<{ changes: unknown[] }>(`/v1/journal?resource=${pathOf(made)}`);
      expect(entry?.changes).toEqual([{ field: 'notes', withheld: true }]);
    }
  });

  test('are not shown to users of the customer', async () => {
    const { customer, service } = await acme.aCustomerWithService();
    is(200, await patch(service, { notes }));
    for (const role of ['customer_admin', 'customer_user'] as const) {
      const user = cloud.as({ partnerId: acme.id, customerId: customer.id, roles: [role] });
      const shown = is(200, await user.get<CustomerService>(pathOf(service)));
      expect(shown).toMatchObject({ id: service.id, name: service.name });
      expect(shown).not.toHaveProperty('notes');
      const listed = is(200, await user.get<{ items: CustomerService[] }>('/v1/customer-services'));
      expect(listed.items).toEqual([shown]);
    }
    expect(await read(service)).toMatchObject({ notes });
  });
});
