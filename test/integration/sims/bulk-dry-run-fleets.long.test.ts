import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { simItem } from '../../../adapters/dynamodb/sims.ts';
import { isIccid } from '../../../domain/iccid.ts';
import { asId, type CustomerId, type CustomerServiceId } from '../../../domain/ids.ts';
import { type Bar, type SimState, simStates, statesWithCustomer } from '../../../domain/sim.ts';
import { patience, useLocalCloud } from '../support/local-cloud.ts';
import { is, type Operation, type Sim } from '../support/partner.ts';

const cloud = useLocalCloud();
const acme = cloud.partner('acme-dry-fleets');

type DryRun = { results: { iccid: string; eligible: boolean; problem?: { code: string; detail: string } }[] };
type Target = { customerId: CustomerId; customerServiceId: CustomerServiceId };

let sims: Sim[];
let stock: string[];
let owners: Target[];
const actions: [action: string, target: () => object][] = [
  ['migrate', () => ({ partnerServiceId: stock[1] })],
  ['assign', () => ({ ...owners[0] })],
  ['assign', () => ({ ...owners[1] })],
  ['suspend', () => ({})],
  ['resume', () => ({})],
  ['activate', () => ({})],
  ['test', () => ({})],
  ['unassign', () => ({})],
  ['terminate', () => ({ confirm: sims.length })],
];

beforeAll(async () => {
  const [one, other] = await Promise.all([acme.aPartnerService(), acme.aPartnerService()]);
  stock = [one.id, other.id];
  const [first, second] = await Promise.all([acme.aCustomerWithService(), acme.aCustomerWithService()]);
  const another = await acme.aCustomerService(first.customer.id);
  owners = [
    { customerId: asId('customer', first.customer.id), customerServiceId: asId('customerService', first.service.id) },
    { customerId: asId('customer', first.customer.id), customerServiceId: asId('customerService', another.id) },
    { customerId: asId('customer', second.customer.id), customerServiceId: asId('customerService', second.service.id) },
  ];
  sims = await acme.simsInHolding({ operatorId: '3uk', quantity: 50 });
}, 90_000 * patience);

/** Where a SIM of a generated fleet is. */
type Place = { state: SimState; stock: number; owner: number };
const fleets = fc.array(fc.record({ state: fc.constantFrom(...simStates), stock: fc.nat(1), owner: fc.nat(2) }), {
  minLength: 50,
  maxLength: 50,
});

/** Puts the SIMs where the fleet has them, past every rule: each combination that the rules allow can be there. */
async function arrange(fleet: readonly Place[]): Promise<void> {
  const { endpoints, parts } = cloud.cloud();
  const client = new DynamoDBClient({
    endpoint: endpoints.dynamodb,
    region: 'eu-west-2',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  const documents = DynamoDBDocumentClient.from(client);
  for (const [place, sim] of sims.entries()) {
    const { state, stock: inStock, owner } = fleet[place] ?? { state: 'in_holding', stock: 0, owner: 0 };
    const { iccid, imsi, operatorId, orderId, tags, stateChangedAt, createdAt, updatedAt } = sim;
    if (!isIccid(iccid)) {
      throw new Error(`${iccid} is no ICCID.`);
    }
    const bars: Bar[] = state === 'active' ? [] : [{ type: 'data', reason: 'generated', since: createdAt }];
    const item = simItem(acme.id, {
      ...(imsi === undefined ? {} : { imsi }),
      ...(orderId === undefined ? {} : { orderId: asId('order', orderId) }),
      ...{ iccid, operatorId: asId('operator', operatorId), tags, stateChangedAt, createdAt, updatedAt, state, bars },
      partnerServiceId: asId(
        'partnerService',
        state === 'in_holding' ? `psv_holding_${operatorId}` : (stock[inStock] ?? ''),
      ),
      ...(statesWithCustomer.some((one) => one === state) ? owners[owner] : {}),
      version: 1,
      history: [],
    });
    await documents.send(new PutCommand({ TableName: parts.tables[0]?.name, Item: item }));
  }
  client.destroy();
}

describe('a dry run over a generated fleet', () => {
  const samples = fc.sample(fleets, { numRuns: actions.length, seed: 17 });

  test.each(actions.map(([action], n) => [action, n] as const))(
    'predicts the result of the real %s (%d)',
    async (_, n) => {
      const [action = '', target] = actions[n] ?? [];
      await arrange(samples[n] ?? []);
      // Terminations come last, because the operator cannot undo them for the next fleet.
      const body = { select: { iccids: sims.map(({ iccid }) => iccid) }, ...target?.() };
      const dry = is(200, await acme.api.post<DryRun>(`/v1/sims/${action}`, { ...body, dryRun: true }));
      const operation: Operation = await acme.bulkDone(action, body);
      const results = await acme.resultsOf(operation.id);

      expect(dry.results.some(({ eligible }) => eligible)).toBe(true);
      expect(dry.results.some(({ eligible }) => !eligible)).toBe(true);
      const came = new Map(results.map(({ iccid, ...result }) => [iccid, result]));
      for (const { iccid, eligible, ...predicted } of dry.results) {
        expect([iccid, came.get(iccid)]).toEqual([iccid, { outcome: eligible ? 'succeeded' : 'failed', ...predicted }]);
      }
    },
  );
});
