import { expect, test } from '@jest/globals';
import { withCheckDigit } from '../../../domain/iccid.ts';
import { useLocalCloud } from '../support/local-cloud.ts';
import { is, type Operation } from '../support/partner.ts';
import { expectProblem } from '../support/problems.ts';

const cloud = useLocalCloud();
const acme = cloud.partner('acme-dry-run');
const { api } = acme;

type DryRun = { total: number; eligible: number; ineligible: number; byCode: Record<string, number> };

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
