import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Difference } from '../../../domain/difference.ts';
import { operatorByHand, operatorOverApi } from '../../../local/operator-settings.ts';
import { eventually, useLocalCloud } from '../support/local-cloud.ts';
import { grantTariffs, newIccids } from '../support/operators-by-hand.ts';
import { is, type Sim } from '../support/partner.ts';
import { type Receiver, startReceiver } from '../support/receiver.ts';

const cloud = useLocalCloud({ isFresh: true });
const acme = cloud.partner('acme-differs');
const platform = cloud.as({ roles: ['platform'] });

const onPlatform = (kind: string) =>
  ({ ...operatorByHand, ordering: 'manual', connectivity: 'api', usage: 'file', platform: { kind } }) as const;

/** Operators of each kind, and one that puts the bars back. */
const operators = {
  'differs-records': { ...operatorOverApi },
  'differs-requests': onPlatform('iot-accelerator'),
  'differs-cc': onPlatform('control-center'),
  'differs-enforce': { ...operatorOverApi, onDifference: 'enforce' },
};

type OperatorName = keyof typeof operators;

let customerId: string;
let webhooks: Receiver;
let secret: string;

beforeAll(async () => {
  webhooks = await startReceiver();
  const webhook = { url: webhooks.url, events: ['sim.differs'] };
  secret = is(201, await acme.api.post<{ secret: string }>('/v1/webhooks', webhook)).secret;
  for (const [id, settings] of Object.entries(operators)) {
    is(201, await platform.put(`/v1/platform/operators/${id}`, settings));
  }
  await grantTariffs(platform, acme, 'differs', Object.keys(operators));
  await acme.aPartnerService({ name: 'Differs', tariffId: 'trf_differs_partner' });
  customerId = is(201, await acme.api.post<{ id: string }>('/v1/customers', { name: 'Differs' })).id;
  const service = { customerId, name: 'Differs', tariffId: 'trf_differs_customer' };
  is(201, await acme.api.post('/v1/customer-services', service));
});

afterAll(() => webhooks.stop());

const read = async (iccid: string) => is(200, await acme.api.get<Sim>(`/v1/sims/${iccid}`));

async function imported(operatorId: OperatorName, iccids: readonly string[], state: string): Promise<void> {
  const place = state === 'in_stock' ? 'Differs,,' : 'Differs,Differs,Differs';
  const rows = iccids.map((iccid) => `${iccid},${state},${place}`);
  const file = ['iccid,state,partnerService,customer,customerService', ...rows].join('\n');
  const path = `/v1/platform/partners/${acme.id}/imports?operatorId=${operatorId}`;
  const answer = is(200, await platform.post(path, file, { 'content-type': 'text/csv' }));
  expect(answer).toMatchObject({ loaded: iccids.length, errors: [] });
}

/** SIMs of an operator that are in a state here and have a status there. */
async function sims(
  operatorId: OperatorName,
  count: number,
  state: string,
  status: 'active' | 'barred',
): Promise<string[]> {
  const list = await cloud.operator(operatorId).ships(count);
  const iccids = list
    .trim()
    .split(/\r?\n/)
    .slice(1)
    .map((row) => row.split(',')[0] ?? '');
  for (const iccid of iccids) {
    await cloud.operator(operatorId).changesSim(iccid, { status });
  }
  await imported(operatorId, iccids, state);
  return iccids;
}

/** The differences of a SIM in a state. */
async function differencesOf(iccid: string, state: 'open' | 'settled' = 'open'): Promise<Difference[]> {
  const path = `/v1/platform/differences?state=${state}&partnerId=${acme.id}`;
  const all = is(200, await platform.get<{ items: Difference[] }>(`${path}&limit=200`)).items;
  return all.filter((difference) => difference.iccid === iccid);
}

const seen = (iccid: string, state: 'open' | 'settled' = 'open') =>
  eventually(async () => {
    const found = await differencesOf(iccid, state);
    expect(found).not.toEqual([]);
    return found;
  });

const settle = (id: string, as: string) => platform.post<Difference>(`/v1/platform/differences/${id}/settle`, { as });

const timeline = async (iccid: string) =>
  is(200, await acme.api.get<{ items: Record<string, unknown>[] }>(`/v1/sims/${iccid}/events`)).items;

describe.each(['differs-records', 'differs-requests', 'differs-cc'] as const)('a SIM of %s', (operatorId) => {
  const operator = cloud.operator(operatorId);

  test('that the operator reactivates is a difference, which is settled on either side', async () => {
    const [first = '', second = '', third = ''] = await sims(operatorId, 3, 'suspended', 'barred');
    await operator.changesSim(first, { status: 'active' });
    await operator.changesSim(second, { status: 'active' });
    await operator.changesSim(third, { status: 'active', msisdn: '+447700900123' });

    const [difference] = await seen(first);
    expect(difference).toMatchObject({
      operatorId,
      partnerId: acme.id,
      field: 'state',
      ours: 'suspended',
      theirs: 'active',
    });
    expect(await read(first)).toMatchObject({ state: 'suspended' });
    await eventually(async () => {
      expect(webhooks.taken(secret)).toContainEqual(
        expect.objectContaining({
          type: 'sim.differs',
          data: expect.objectContaining({ iccid: first, state: 'suspended' }),
        }),
      );
    });
    expect((await timeline(first)).at(-1)).toMatchObject({
      type: 'sim.differs',
      actor: 'system',
      difference: { field: 'state', ours: 'suspended', theirs: 'active' },
    });

    const id = difference?.id ?? '';
    const settled = is(200, await settle(id, 'ours'));
    expect(settled).toMatchObject({ settledAs: 'ours', settledAt: expect.any(String) });
    if (operatorId === 'differs-records') {
      expect(await operator.statusOfSim(first)).toBe('barred');
    }
    expect(is(200, await settle(id, 'ours'))).toEqual(settled);
    expect(is(409, await settle(id, 'theirs'))).toMatchObject({ code: 'wrong_state' });
    expect(await differencesOf(first)).toEqual([]);

    const [other] = await seen(second);
    expect(is(200, await settle(other?.id ?? '', 'theirs'))).toMatchObject({ settledAs: 'theirs' });
    expect(await read(second)).toMatchObject({ state: 'active', bars: [] });

    // Its number is taken over at once, and its state stays open.
    await seen(third);
    expect(await read(third)).toMatchObject({ state: 'suspended', msisdn: '+447700900123' });

    // What ends by itself is settled by itself.
    await operator.changesSim(third, { status: 'barred' });
    await eventually(async () => {
      const settledOnes = await differencesOf(third, 'settled');
      expect(settledOnes.find(({ field }) => field === 'state')).toMatchObject({ settledBy: 'system' });
    });
    // The operator has barred it, and the other one is active here.
    expect(await differencesOf(first)).toEqual([]);
    expect(await differencesOf(second)).toEqual([]);
  });

  test('that the operator has ended or never had can be terminated here', async () => {
    const [ended = ''] = await sims(operatorId, 1, 'active', 'active');
    const [unknown = ''] = newIccids(1);
    await imported(operatorId, [unknown], 'active');
    await operator.changesSim(ended, { status: 'terminated' });
    const [difference] = await seen(ended);
    expect(is(409, await settle(difference?.id ?? '', 'ours'))).toMatchObject({ code: 'wrong_state' });
    is(200, await settle(difference?.id ?? '', 'theirs'));
    expect(await read(ended)).toMatchObject({ state: 'terminated' });

    const [missing] = await seen(unknown);
    expect(missing).toMatchObject({ field: 'missing_at_operator', ours: 'active', theirs: 'missing' });
    is(200, await settle(missing?.id ?? '', 'theirs'));
    expect(await read(unknown)).toMatchObject({ state: 'terminated' });
  });
});

describe('an operator with the policy enforce', () => {
  const operator = cloud.operator('differs-enforce');

  test('is asked to bar a SIM again that it has reactivated, and to unbar one that it has barred', async () => {
    const [suspended = ''] = await sims('differs-enforce', 1, 'suspended', 'barred');
    const [active = ''] = await sims('differs-enforce', 1, 'active', 'active');
    await operator.changesSim(suspended, { status: 'active' });
    await operator.changesSim(active, { status: 'barred' });
    expect(await seen(suspended, 'settled')).toMatchObject([
      { theirs: 'active', settledAs: 'ours', settledBy: 'system' },
    ]);
    expect(await operator.statusOfSim(suspended)).toBe('barred');
    await seen(active, 'settled');
    expect(await operator.statusOfSim(active)).toBe('active');
    expect(await read(suspended)).toMatchObject({ state: 'suspended' });
    expect(await read(active)).toMatchObject({ state: 'active', bars: [] });
  });
});

describe('a SIM without a customer', () => {
  test('that is active at its operator is not made active here', async () => {
    const [iccid = ''] = await sims('differs-records', 1, 'in_stock', 'active');
    await cloud.operator('differs-records').changesSim(iccid, { imei: '356938035643809' });
    const [difference] = await seen(iccid);
    expect(is(409, await settle(difference?.id ?? '', 'theirs'))).toMatchObject({ code: 'wrong_state' });
    is(200, await settle(difference?.id ?? '', 'ours'));
    expect(await read(iccid)).toMatchObject({ state: 'in_stock' });
  });

  test('cannot be settled by a partner, and an unknown difference is not found', async () => {
    is(404, await settle('dif_unknown', 'ours'));
    is(403, await acme.api.get('/v1/platform/differences'));
  });
});
