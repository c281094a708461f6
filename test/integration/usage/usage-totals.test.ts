import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pMap from 'p-map';
import { insertAlarm, queryFirings } from '../../../adapters/dynamodb/alarms.ts';
import { itemKinds } from '../../../adapters/dynamodb/item-kinds.ts';
import { simPages } from '../../../adapters/dynamodb/sim-walks.ts';
import { addSims, getSim, getSims, saveSim } from '../../../adapters/dynamodb/sims.ts';
import { SIM_SHARDS } from '../../../adapters/dynamodb/table.ts';
import { simDays, sumsOfService, usageShardOf } from '../../../adapters/dynamodb/usage.ts';
import { put } from '../../../adapters/dynamodb/write-requests.ts';
import { write } from '../../../adapters/dynamodb/writes.ts';
import { type Iccid, withCheckDigit } from '../../../domain/iccid.ts';
import { asId, newId, type ServiceId } from '../../../domain/ids.ts';
import type { UsageTotal } from '../../../domain/operator-port.ts';
import { newSimInHolding } from '../../../domain/sim.ts';
import { pointsOf } from '../../../domain/usage-points.ts';
import { useTableOf } from '../../../local/table-of-cloud.ts';
import { countTotals } from '../../../use-cases/usage/count-totals.ts';
import { countUsage } from '../../../use-cases/usage/count-usage.ts';
import { type Meter, startMeter } from '../../../verification/bench/meter.ts';
import { useLocalCloud } from '../support/local-cloud.ts';

const cloud = useLocalCloud();
let meter: Meter;

/** Other files have this cloud before and after. */
const run = String(Date.now() % 100_000).padStart(5, '0');
const OPERATOR = asId('operator', '3uk');
const PARTNER = asId('partner', `acme-totals-${run}`);
const services = {
  partnerServiceId: 'psv_01JG0000000000000000000001',
  customerServiceId: 'csv_01JG0000000000000000000001',
} as const;
const SIMS = 200;
/** What the collector asks for at once. */
const PAGE = 20;
const iccids: Iccid[] = Array.from({ length: SIMS }, (_, n) =>
  withCheckDigit(`894497${run}${String(n).padStart(7, '0')}`),
)
  // Neighbours are in one shard, as in the pages of a walk over a large fleet.
  .sort((a, b) => usageShardOf(a) - usageShardOf(b));

beforeAll(async () => {
  const { endpoints } = cloud.cloud();
  meter = await startMeter(endpoints.dynamodb);
  useTableOf({ ...cloud.cloud(), endpoints: { ...endpoints, dynamodb: meter.url } });
  await pMap(
    iccids,
    async (iccid) => {
      const order = { id: asId('order', 'ord_1'), operatorId: OPERATOR };
      const arrived = newSimInHolding({ iccid, imsi: '234200000000001' }, order, '2026-01-05T09:00:00.000Z');
      const place = { ...services, customerId: asId('customer', 'cus_1') };
      const imported = { ...place, state: 'active', by: 'ada' } as const;
      await addSims(PARTNER, [{ sim: { ...arrived, ...place, state: 'active', bars: [], imported } }]);
    },
    { concurrency: 16 },
  );
});
afterAll(() => meter.stop());

/** Counts totals that the operator answered at a time. */
async function count(totals: readonly UsageTotal[], askedAt: string): Promise<void> {
  const sims = await getSims(PARTNER, [...new Set(totals.map(({ iccid }) => iccid))]);
  const answer = { sims: [...sims.values()], totals, askedAt: new Date(askedAt) };
  await countTotals(PARTNER, [answer], new Date(askedAt));
}

const totalOf = (iccid: string, day: string, bytes: number): UsageTotal => ({ iccid, day, bytes, network: '26201' });
const usedBy = async (serviceId: ServiceId, period: string) =>
  (await sumsOfService(PARTNER, serviceId, period)).reduce((sum, { bytes }) => sum + bytes, 0);
const bytesOf = async (iccid: string, day: string) =>
  pointsOf(await simDays(PARTNER, iccid, day, day), 'day', () => true).totalBytes;

describe('the totals of a fleet', () => {
  test('replace what was counted, in days and sums, and cost eleven write units per SIM and day', async () => {
    const days = ['2026-03-07', '2026-03-08', '2026-03-09', '2026-03-10'];
    const walk = async (bytes: (place: number) => number, askedAt: string, asked = days) => {
      meter.take();
      for (let start = 0; start < SIMS; start += PAGE) {
        const page = iccids.slice(start, start + PAGE);
        await count(
          page.flatMap((iccid, n) => asked.map((day) => totalOf(iccid, day, bytes(start + n)))),
          askedAt,
        );
      }
      const { write, read } = meter.take();
      const perSim = (units: Record<string, number>) => Object.values(units).reduce((sum, of) => sum + of, 0) / SIMS;
      return { write: perSim(write), read: perSim(read) };
    };
    await walk((place) => 1_000 + place, '2026-03-10T02:00:00.000Z');
    const late = await walk((place) => 900 + place, '2026-03-10T14:00:00.000Z');
    const again = await walk((place) => 950 + place, '2026-03-10T20:00:00.000Z', ['2026-03-10']);
    const all = iccids.reduce((sum, _, place) => sum + 3 * (900 + place) + 950 + place, 0);
    for (const id of Object.values(services)) {
      expect(await usedBy(id, '2026-03')).toBe(all);
    }
    expect(late.write + again.write).toBeLessThan(11.5);
    expect(late.read).toBeLessThan(6);
  });

  test('equal the latest answers when several runs count them concurrently, in different orders', async () => {
    const some = iccids.slice(0, 30);
    const answers = [40, 10, 30, 20, 0, 25].map((bytes, hour) => ({
      totals: some.map((iccid, n) => totalOf(iccid, '2026-02-10', bytes * n)),
      askedAt: `2026-02-10T1${hour}:00:00.000Z`,
    }));
    const orders = [answers, answers.toReversed(), [...answers.slice(3), ...answers.slice(0, 3)]];
    await Promise.all(
      orders.map(async (order) => {
        for (const { totals, askedAt } of order) {
          await count(totals, askedAt);
        }
      }),
    );
    const latest = some.reduce((sum, _, n) => sum + 25 * n, 0);
    expect(await usedBy(services.partnerServiceId, '2026-02')).toBe(latest);
    expect(await usedBy(services.customerServiceId, '2026-02')).toBe(latest);
    expect(await bytesOf(some[7] ?? '', '2026-02-10')).toBe(175);
  });

  test('replace records, and make later ones of the day superfluous', async () => {
    const [iccid = ''] = iccids.slice(40);
    const record = (recordId: string, at: string) => ({
      recordId: `${run}-${recordId}`,
      iccid,
      bytes: 70,
      at,
      network: '26201',
    });
    const now = new Date('2026-01-20T12:00:00.000Z');
    await countUsage(OPERATOR, [record('a', '2026-01-20T08:30:00.000Z')], now);
    await count([totalOf(iccid, '2026-01-20', 100)], '2026-01-20T13:00:00.000Z');
    expect(await bytesOf(iccid, '2026-01-20')).toBe(100);
    const late = [record('b', '2026-01-20T09:30:00.000Z'), record('c', '2026-01-21T09:30:00.000Z')];
    const { rejected } = await countUsage(OPERATOR, late, new Date('2026-01-21T12:00:00.000Z'));
    expect(late.map((one) => rejected.get(one))).toEqual(['superseded', undefined]);
    expect(await usedBy(services.partnerServiceId, '2026-01')).toBe(170);
  });

  test('of thirty days after an outage are counted in several transactions', async () => {
    const page = iccids.slice(60, 60 + PAGE);
    const days = Array.from({ length: 30 }, (_, n) => new Date(Date.UTC(2025, 10, 5 + n)).toISOString().slice(0, 10));
    await count(
      page.flatMap((iccid) => days.map((day) => totalOf(iccid, day, 7))),
      '2025-12-04T12:00:00.000Z',
    );
    expect(await usedBy(services.customerServiceId, '2025-11')).toBe(26 * 7 * PAGE);
    expect(await usedBy(services.customerServiceId, '2025-12')).toBe(4 * 7 * PAGE);
  });
});

describe('the totals of a SIM that changes services', () => {
  test('count for those that hold it when they grow, and shrink with the latest first', async () => {
    const [iccid = ''] = iccids.slice(120);
    const [other, operationId] = [
      asId('partnerService', 'psv_01JG0000000000000000000009'),
      asId('operation', 'op_moved'),
    ];
    await write(
      put({ ...itemKinds.operation.key({ partnerId: PARTNER, id: operationId }), target: { partnerServiceId: other } }),
    );
    await count([totalOf(iccid, '2026-04-10', 100)], '2026-04-10T09:00:00.000Z');
    const before = await getSim(PARTNER, iccid);
    if (!before) throw new Error('the SIM is gone');
    const moved = {
      ...before,
      partnerServiceId: other,
      version: before.version + 1,
      updatedAt: '2026-04-10T12:00:00.000Z',
    };
    await saveSim(PARTNER, before, moved, 'sim.migrated', { operationId });

    // What was used before the day on which it moved, and was seen later, counts for the services of that time.
    const late = [totalOf(iccid, '2026-04-09', 7), totalOf(iccid, '2026-04-10', 130)];
    await count(late, '2026-04-10T18:00:00.000Z');
    expect(await usedBy(services.partnerServiceId, '2026-04')).toBe(107);
    expect(await usedBy(other, '2026-04')).toBe(30);
    expect(await usedBy(services.customerServiceId, '2026-04')).toBe(137);

    await count([totalOf(iccid, '2026-04-10', 80)], '2026-04-11T06:00:00.000Z');
    expect(await usedBy(services.partnerServiceId, '2026-04')).toBe(87);
    expect(await usedBy(other, '2026-04')).toBe(0);
    expect((await sumsOfService(PARTNER, other, '2026-04')).flatMap(({ top }) => top)).toEqual([]);
  });
});

describe('the SIMs of a partner', () => {
  test('are read for a fifth of a read unit each, and one for each shard', async () => {
    meter.take();
    let found = 0;
    for await (const { partnerId, sims } of simPages(OPERATOR, { partnerId: PARTNER, shard: 0 }, PAGE)) {
      if (partnerId !== PARTNER) break;
      found += sims.length;
      if (found === SIMS) break;
    }
    const { read } = meter.take();
    expect(found).toBe(SIMS);
    // DynamoDB rounds each query up, of which there is one for a shard of so few SIMs.
    const units = Object.values(read).reduce((sum, of) => sum + of, 0);
    expect(units).toBeLessThan(0.2 * SIMS + SIM_SHARDS);
  });
});

describe('an alarm', () => {
  test('fires once in a period, even if a total drops below its threshold and grows again', async () => {
    const [iccid = ''] = iccids.slice(100);
    const now = new Date();
    const today = now.toISOString().slice(0, 10);
    const alarm = await insertAlarm(PARTNER, {
      id: newId('alarm', now),
      name: 'Much',
      scope: { iccid },
      measure: 'sim',
      threshold: { bytes: 1_000 },
      action: 'notify',
      createdAt: now.toISOString(),
      updatedAt: now.toISOString(),
      version: 1,
    });
    for (const [place, bytes] of [1_200, 500, 1_500].entries()) {
      await count([totalOf(iccid, today, bytes)], new Date(now.getTime() + place).toISOString());
    }
    const { items } = await queryFirings(PARTNER, alarm.id, 10, undefined);
    expect(items.map(({ usedBytes }) => usedBytes)).toEqual([1_200]);
    expect(await bytesOf(iccid, today)).toBe(1_500);
  });
});
