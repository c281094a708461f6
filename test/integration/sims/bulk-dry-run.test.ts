import { beforeAll, describe, expect, test } from '@jest/globals';
import { withCheckDigit } from '../../../domain/iccid.ts';
import { useLocalCloud } from '../support/local-cloud.ts';
import { is, type Operation, type Result, type Sim } from '../support/partner.ts';
import { expectProblem } from '../support/problems.ts';

const cloud = useLocalCloud();
const acme = cloud.partner('acme-dry');
const { api } = acme;

type DryRun = {
  total: number;
  eligible: number;
  ineligible: number;
  byCode: Record<string, number>;
  results: { iccid: string; eligible: boolean; problem?: { code: string; detail: string } }[];
};

const stranger = withCheckDigit('899999000000000001');

describe('a dry run over SIMs of every kind', () => {
  let iccids: string[];
  let own: { customerId: string; customerServiceId: string };
  let targets: [action: string, target: object][];

  beforeAll(async () => {
    const [british, austrian, stock, holding, foreign] = await Promise.all([
      acme.activeSims({ operatorId: '3uk', quantity: 50 }),
      acme.assignedSims({ operatorId: 'a1', quantity: 20 }),
      acme.simsInStock({ operatorId: 'orange', quantity: 50 }),
      acme.simsInHolding({ operatorId: '3ireland', quantity: 50 }),
      cloud.partner('globex-dry').simsInHolding({ operatorId: 'a1', quantity: 20 }),
    ]);
    const some = (sims: Sim[], from: number, to: number) => sims.slice(from, to).map(({ iccid }) => iccid);
    await acme.bulkDone('suspend', { select: { iccids: some(british, 0, 6) } });
    await acme.bulkDone('terminate', { select: { iccids: some(british, 4, 8) }, confirm: 4 });
    iccids = [
      ...some(british, 0, 14),
      ...some(austrian, 0, 8),
      ...some(stock, 0, 6),
      ...some(holding, 0, 6),
      foreign[0]?.iccid ?? '',
      stranger,
    ];
    const { customerId = '', customerServiceId = '' } = british[13] ?? {};
    own = { customerId, customerServiceId };
    const [second, isles, whole, elsewhere] = await Promise.all([
      acme.aCustomerService(own.customerId, { tariffId: 'trf_customer_3uk' }),
      acme.aPartnerService({ tariffId: 'trf_partner_isles' }),
      acme.aPartnerService(),
      acme.aCustomerWithService(),
    ]);
    targets = [
      ['migrate', { partnerServiceId: 'psv_holding_3uk' }],
      ['resume', {}],
      ['migrate', { partnerServiceId: isles.id }],
      ['migrate', { partnerServiceId: british[13]?.partnerServiceId }],
      ['migrate', { partnerServiceId: whole.id }],
      ['activate', {}],
      ['assign', { customerId: own.customerId, customerServiceId: elsewhere.service.id }],
      ['assign', { customerId: own.customerId, customerServiceId: second.id }],
      ['assign', own],
      ['activate', {}],
      ['suspend', { reason: 'stocktaking' }],
      ['unassign', {}],
      ['assign', { customerId: elsewhere.customer.id, customerServiceId: elsewhere.service.id }],
      ['activate', {}],
      ['resume', {}],
      ['suspend', {}],
      ['terminate', { confirm: 36 }],
      ['resume', {}],
    ];
  });

  const all = () => acme.sims({});

  test('predicts the result of the real run for each SIM and action, and changes nothing', async () => {
    expect(iccids).toHaveLength(36);
    const codes = new Set<string>();
    for (const [action, target] of targets) {
      const what = `${action} ${JSON.stringify(target)}`;
      const before = await all();
      const operationsBefore = await acme.all<Operation>('/v1/operations?limit=200');
      const ask = { select: { iccids }, ...target };
      const dry = is(200, await api.post<DryRun>(`/v1/sims/${action}`, { ...ask, dryRun: true }));
      expect(await all()).toEqual(before);
      expect(await acme.all('/v1/operations?limit=200')).toEqual(operationsBefore);

      const operation = await acme.bulkDone(action, { ...ask, dryRun: false });
      const results = await acme.resultsOf(operation.id);
      const said = new Map(dry.results.map(({ iccid, eligible, problem }) => [iccid, { eligible, problem }]));
      const came = new Map(
        results.map(({ iccid, outcome, problem }) => [iccid, { eligible: outcome === 'succeeded', problem }]),
      );
      expect([what, said]).toEqual([what, came]);
      expect(dry.results.map(({ iccid }) => iccid)).toEqual(iccids);
      expect(dry).toMatchObject({ total: 36, eligible: operation.succeeded, ineligible: operation.failed });
      expect(dry.byCode).toEqual(countOf(results));
      for (const code of Object.keys(dry.byCode)) {
        codes.add(code);
      }
    }
    // The operators' own refusals apart, every code that a SIM can have.
    expect([...codes].sort()).toEqual([
      'already_assigned',
      'holding_target',
      'in_holding',
      'not_assigned',
      'not_found',
      'service_of_other_customer',
      'tariff_mismatch',
      'wrong_state',
    ]);
  });
});

function countOf(results: readonly Result[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { problem } of results) {
    if (problem) {
      counts[problem.code] = (counts[problem.code] ?? 0) + 1;
    }
  }
  return counts;
}

describe('a dry run over more than a thousand SIMs', () => {
  const quantity = 1050;
  const many = cloud.partner('many-dry');
  let orderId: string;
  let sims: Sim[];
  let partnerServiceId: string;

  beforeAll(async () => {
    sims = await many.simsInHolding({ operatorId: 'orange', quantity });
    orderId = sims[0]?.orderId ?? '';
    partnerServiceId = (await many.aPartnerService()).id;
    // Some of them are ahead of the others.
    const select = { iccids: sims.slice(0, 30).map(({ iccid }) => iccid) };
    const { customer, service } = await many.aCustomerWithService();
    const assign = { customerId: customer.id, customerServiceId: service.id };
    await many.bulkDone('migrate', { select, partnerServiceId });
    await many.bulkDone('assign', { select, ...assign });
    sims = await many.sims({ orderId });
  });

  test('is an operation that counts the eligible and the ineligible, and changes nothing', async () => {
    for (const select of [{ orderId }, { filter: { orderId } }, { iccids: sims.map(({ iccid }) => iccid) }]) {
      const answer = await many.api.post<Operation>('/v1/sims/activate', { select, dryRun: true });
      expect(answer.status).toBe(202);
      expect(answer.headers.get('location')).toBe(`/v1/operations/${answer.body.id}`);
      expect(answer.body).toMatchObject({ action: 'activate', dryRun: true });
      const operation = await many.operationDone(answer.body.id);
      expect(operation).toMatchObject({ dryRun: true, total: quantity, succeeded: 30, failed: quantity - 30 });
      const results = await many.all<Result>(`/v1/operations/${operation.id}/results?limit=137`);
      expect(results.map(({ iccid }) => iccid).sort()).toEqual(sims.map(({ iccid }) => iccid).sort());
      expect(countOf(results)).toEqual({ in_holding: quantity - 30 });
      expect(await many.resultsOf(operation.id, 'succeeded')).toHaveLength(30);
      expect(await many.sims({ orderId })).toEqual(sims);
      expectProblem(await many.api.post(`/v1/operations/${operation.id}/retry`), 409, 'wrong_state');
    }
  });

  test('is answered immediately for a thousand SIMs, and by an operation for more', async () => {
    const iccids = sims.map(({ iccid }) => iccid);
    const ask = (count: number) =>
      many.api.post<DryRun>('/v1/sims/activate', { select: { iccids: iccids.slice(0, count) }, dryRun: true });
    const thousand = is(200, await ask(1000));
    expect(thousand).toMatchObject({ total: 1000, eligible: 30, ineligible: 970, byCode: { in_holding: 970 } });
    expect(thousand.results).toHaveLength(1000);
    const { id } = is(
      202,
      await many.api.post<Operation>('/v1/sims/activate', { select: { iccids: iccids.slice(0, 1001) }, dryRun: true }),
    );
    expect(await many.operationDone(id)).toMatchObject({ total: 1001, succeeded: 30, failed: 971 });
  });

  test('agrees with the real run that follows', async () => {
    const body = { select: { orderId }, partnerServiceId };
    const { id } = is(202, await many.api.post<Operation>('/v1/sims/migrate', { ...body, dryRun: true }));
    const dry = await many.operationDone(id);
    const real = await many.bulkDone('migrate', body);
    const counts = ({ state, total, succeeded, failed }: Operation) => ({ state, total, succeeded, failed });
    expect(counts(dry)).toEqual(counts(real));
    expect(await many.resultsOf(dry.id)).toEqual(await many.resultsOf(real.id));
    expect(real).not.toHaveProperty('dryRun');
    expect(await many.sims({ orderId, state: 'in_holding' })).toEqual([]);
  });
});
