import { expect, test } from '@jest/globals';
import { withCheckDigit } from '../../../domain/iccid.ts';
import { useLocalCloud } from '../support/local-cloud.ts';
import { type DryRun, is, type Operation } from '../support/partner.ts';
import { expectProblem } from '../support/problems.ts';

const cloud = useLocalCloud();
const acme = cloud.partner('acme-dry-run');
const { api } = acme;

test('a dry run over at most a thousand SIMs is answered immediately, over more by an operation', async () => {
  const strangers = Array.from({ length: 1001 }, (_, place) =>
    withCheckDigit(`899999${String(place).padStart(12, '0')}`),
  );
  const ask = (count: number) =>
    api.post<DryRun & Operation>('/v1/sims/activate', { select: { iccids: strangers.slice(0, count) }, dryRun: true });
  const thousand = is(200, await ask(1000));
  expect(thousand).toMatchObject({ total: 1000, eligible: 0, ineligible: 1000, byCode: { not_found: 1000 } });
  const { id } = is(202, await ask(1001));
  expect(await acme.operationDone(id)).toMatchObject({ dryRun: true, total: 1001, succeeded: 0, failed: 1001 });
  expectProblem(await api.post(`/v1/operations/${id}/retry`), 409, 'wrong_state');
});

test('a dry run counts the SIMs that are already as requested', async () => {
  const sims = await acme.activeSims({ operatorId: 'a1', quantity: 20 });
  const iccids = sims.slice(0, 3).map(({ iccid }) => iccid);
  const [first] = iccids;
  const { customerId, customerServiceId, partnerServiceId } = sims[0] ?? {};
  await acme.bulkDone('suspend', { select: { iccids: [first] } });
  const check = async (action: string, target: object = {}) => {
    const body = { select: { iccids }, ...target, dryRun: true };
    const { eligible, unchanged, byCode } = is(200, await api.post<DryRun>(`/v1/sims/${action}`, body));
    return { eligible, unchanged, byCode };
  };
  expect(await check('resume')).toEqual({ eligible: 3, unchanged: 2, byCode: {} });
  expect(await check('suspend')).toEqual({ eligible: 3, unchanged: 1, byCode: {} });
  expect(await check('activate')).toEqual({ eligible: 2, unchanged: 2, byCode: { wrong_state: 1 } });
  expect(await check('migrate', { partnerServiceId })).toEqual({ eligible: 3, unchanged: 3, byCode: {} });
  expect(await check('assign', { customerId, customerServiceId })).toEqual({ eligible: 3, unchanged: 3, byCode: {} });
  expect(await check('terminate', { confirm: 3 })).toEqual({ eligible: 3, unchanged: 0, byCode: {} });
  expect(await check('label', { addTags: ['north'] })).toEqual({ eligible: 3, unchanged: 0, byCode: {} });
});
