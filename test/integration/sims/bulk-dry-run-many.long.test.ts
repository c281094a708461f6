import { beforeAll, describe, expect, test } from '@jest/globals';
import { useLocalCloud } from '../support/local-cloud.ts';
import { is, type Operation, problemCounts, type Result, type Sim } from '../support/partner.ts';
import { expectProblem } from '../support/problems.ts';

const cloud = useLocalCloud();

type DryRun = { total: number; results: { iccid: string; eligible: boolean }[] };

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
      expect(problemCounts(results)).toEqual({ in_holding: quantity - 30 });
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
    expect(await many.operationDone(id)).toMatchObject({ total: 1001, succeeded: 30, unchanged: 0, failed: 971 });
  });

  test('agrees with the real run that follows', async () => {
    const body = { select: { orderId }, partnerServiceId };
    const { id } = is(202, await many.api.post<Operation>('/v1/sims/migrate', { ...body, dryRun: true }));
    const dry = await many.operationDone(id);
    const real = await many.bulkDone('migrate', body);
    const counts = ({ state, total, succeeded, failed }: Operation) => ({ state, total, succeeded, failed });
    expect(counts(dry)).toEqual(counts(real));
    expect(await many.resultsOf(dry.id)).toEqual(await many.resultsOf(real.id));
    expect(dry).toMatchObject({ unchanged: 30 });
    expect(real).not.toHaveProperty('dryRun');
    expect(real).not.toHaveProperty('unchanged');
    expect(await many.sims({ orderId, state: 'in_holding' })).toEqual([]);
  });
});
