import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { HOUR_MS } from '../../../domain/time-units.ts';
import { operatorByHand } from '../../../local/operator-settings.ts';
import { eventually, patience, useLocalCloud } from '../support/local-cloud.ts';
import { grantTariffs } from '../support/operators-by-hand.ts';
import { is, type ServiceUsage, type Sim, type SimUsage } from '../support/partner.ts';

/** Every SIM is asked for twice a day, and late usage for three days. */
const cloud = useLocalCloud({ dayMs: 8_000 * patience });
const acme = cloud.partner('acme-totals');
const platform = cloud.as({ roles: ['platform'] });
const operator = cloud.operator('totals');
const csv = { 'content-type': 'text/csv' };

let iccids: string[];
let customerServiceId: string;

beforeAll(async () => {
  is(
    201,
    await platform.put('/v1/platform/operators/totals', {
      ...operatorByHand,
      usage: 'api',
      platform: { kind: 'control-center', requestsPerSecond: 20, concurrency: 1 },
    }),
  );
  await grantTariffs(platform, acme, 'totals', ['totals']);
  const fleet = await acme.aPartnerService({ tariffId: 'trf_totals_partner' });
  const { customer, service } = await acme.aCustomerWithService({ tariffId: 'trf_totals_customer' });
  customerServiceId = service.id;
  const list = await operator.ships(10);
  iccids = list
    .trim()
    .split('\r\n')
    .slice(1)
    .map((line) => line.split(',')[0] ?? '');
  const rows = iccids.map((iccid) => [iccid, 'active', fleet.id, customer.id, service.id].join());
  const file = ['iccid,state,partnerService,customer,customerService', ...rows, ''].join('\r\n');
  expect(
    is(200, await platform.post(`/v1/platform/partners/${acme.id}/imports?operatorId=totals`, file, csv)),
  ).toMatchObject({ loaded: 10, rejected: 0 });
});
afterEach(() => operator.behavesWell());

const read = async (iccid: string) => is(200, await acme.api.get<Sim>(`/v1/sims/${iccid}`));

/** What a SIM has used in the days around now. */
async function usageOf(iccid: string): Promise<SimUsage> {
  const now = (await cloud.clock.now()).getTime();
  const [from, to] = [now - 240 * HOUR_MS, now + 24 * HOUR_MS].map((ms) => new Date(ms).toISOString());
  return is(200, await acme.api.get<SimUsage>(`/v1/sims/${iccid}/usage?from=${from}&to=${to}&granularity=day`));
}

/** The usage of a service in the months of the last ten days, which may be two. */
async function usageOfService(
  kind: 'customer' | 'partner',
  id: string,
): Promise<{ usedBytes: number; tops: string[] }> {
  const now = await cloud.clock.now();
  const months = new Set([now, new Date(now.getTime() - 240 * HOUR_MS)].map((day) => day.toISOString().slice(0, 7)));
  const usages = await Promise.all(
    [...months].map(async (period) =>
      is(200, await acme.api.get<ServiceUsage>(`/v1/${kind}-services/${id}/usage?period=${period}`)),
    ),
  );
  return {
    usedBytes: usages.reduce((sum, { usedBytes }) => sum + usedBytes, 0),
    tops: usages.flatMap(({ topSims }) => topSims.map(({ iccid }) => iccid)),
  };
}

describe('usage that an operator reports as totals', () => {
  test('appears with the SIM and its services, grows, and shrinks when the operator corrects it', async () => {
    const [iccid = '', other = ''] = iccids;
    const { partnerServiceId = '' } = await read(iccid);
    const began = await cloud.clock.now();
    await operator.uses({ iccid, bytes: 800 });
    await operator.uses({ iccid: other, bytes: 400 });
    await eventually(async () => {
      expect(await usageOf(iccid)).toMatchObject({ totalBytes: 800, points: [{ bytes: 800, network: 'unknown' }] });
      expect((await usageOf(other)).totalBytes).toBe(400);
    });
    await operator.uses({ iccid, bytes: 1_200 });
    await eventually(async () => {
      const usage = await usageOf(iccid);
      expect(usage.totalBytes).toBe(2_000);
      expect(Date.parse(usage.completeUntil ?? '')).toBeGreaterThan(began.getTime());
    });
    for (const [kind, id] of [
      ['customer', customerServiceId],
      ['partner', partnerServiceId],
    ] as const) {
      const { usedBytes, tops } = await usageOfService(kind, id);
      expect(usedBytes).toBe(2_400);
      expect(new Set(tops)).toEqual(new Set([iccid, other]));
    }

    await operator.behaves({ shrinkTotals: 0.75 });
    await eventually(async () => {
      expect((await usageOf(iccid)).totalBytes).toBe(500);
      expect((await usageOf(other)).totalBytes).toBe(100);
      expect((await usageOfService('customer', customerServiceId)).usedBytes).toBe(600);
      expect((await usageOfService('partner', partnerServiceId)).usedBytes).toBe(600);
    });
  });

  test('arrives although calls are limited, fail, or are answered with HTML pages', async () => {
    const some = iccids.slice(2);
    await operator.behaves({ requestsPerSecond: 20, concurrentCalls: 1, failureRate: 0.2 });
    for (const [place, iccid] of some.entries()) {
      await operator.uses({ iccid, bytes: 100 + place });
    }
    await eventually(async () => {
      for (const [place, iccid] of some.entries()) {
        expect((await usageOf(iccid)).totalBytes).toBe(100 + place);
      }
    });
  });
});
