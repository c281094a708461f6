import { beforeAll, describe, expect, test } from '@jest/globals';
import { withCheckDigit } from '../../../domain/iccid.ts';
import { useLocalCloud } from '../support/local-cloud.ts';
import { type DryRun, is, type Operation, problemCounts, type Sim } from '../support/partner.ts';

const cloud = useLocalCloud();
const acme = cloud.partner('acme-dry');
const { api } = acme;

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
      const versions = new Map(before.map(({ iccid, version }) => [iccid, version]));
      const unchanged = (await all()).filter(({ iccid, version }) => versions.get(iccid) === version);
      const untouched = new Set(unchanged.map(({ iccid }) => iccid));
      expect([
        what,
        results.filter(({ iccid, outcome }) => outcome === 'succeeded' && untouched.has(iccid)).length,
      ]).toEqual([what, dry.unchanged]);
      const said = new Map(dry.results.map(({ iccid, eligible, problem }) => [iccid, { eligible, problem }]));
      const came = new Map(
        results.map(({ iccid, outcome, problem }) => [iccid, { eligible: outcome === 'succeeded', problem }]),
      );
      expect([what, said]).toEqual([what, came]);
      expect(dry.results.map(({ iccid }) => iccid)).toEqual(iccids);
      expect(dry).toMatchObject({ total: 36, eligible: operation.succeeded, ineligible: operation.failed });
      expect(dry.byCode).toEqual(problemCounts(results));
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
