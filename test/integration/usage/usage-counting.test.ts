import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pMap from 'p-map';
import { queryDeadLetters, queryRedrivenUsage, removeRedrivenUsage } from '../../../adapters/dynamodb/dead-letters.ts';
import { simDayKey } from '../../../adapters/dynamodb/keys.ts';
import { addSims } from '../../../adapters/dynamodb/sims.ts';
import { simDays, sumsOfService } from '../../../adapters/dynamodb/usage.ts';
import { put, remove } from '../../../adapters/dynamodb/write-requests.ts';
import { write } from '../../../adapters/dynamodb/writes.ts';
import { readRecords } from '../../../adapters/operators/sim-fulfilment/answers.ts';
import { type Iccid, withCheckDigit } from '../../../domain/iccid.ts';
import { asId, type ServiceId } from '../../../domain/ids.ts';
import { newSimInHolding } from '../../../domain/sim.ts';
import { pointsOf } from '../../../domain/usage-points.ts';
import type { UsageRecord } from '../../../domain/usage-record.ts';
import { useTableOf } from '../../../local/table-of-cloud.ts';
import { redrive } from '../../../use-cases/failed-work/redrive.ts';
import { countUsage } from '../../../use-cases/usage/count-usage.ts';
import { ingestUsage } from '../../../use-cases/usage/ingest-usage.ts';
import { type Meter, startMeter } from '../../../verification/bench/meter.ts';
import { useLocalCloud } from '../support/local-cloud.ts';

const cloud = useLocalCloud();
let meter: Meter;

/** Other files have this cloud before and after. */
const run = String(Date.now() % 100_000).padStart(5, '0');
const PARTNER = asId('partner', `acme-counting-${run}`);
const services = {
  partnerServiceId: 'psv_01JG0000000000000000000000',
  customerServiceId: 'csv_01JG0000000000000000000000',
} as const;
const SIMS = 200;
const iccids: Iccid[] = Array.from({ length: SIMS }, (_, n) =>
  withCheckDigit(`894499${run}${String(n).padStart(7, '0')}`),
);
const now = new Date('2026-03-31T00:00:00.000Z');

beforeAll(async () => {
  const { endpoints } = cloud.cloud();
  meter = await startMeter(endpoints.dynamodb);
  useTableOf({ ...cloud.cloud(), endpoints: { ...endpoints, dynamodb: meter.url } });
  const at = '2026-01-05T09:00:00.000Z';
  await pMap(
    iccids,
    async (iccid) => {
      const arrived = newSimInHolding(
        { iccid, imsi: '234200000000001' },
        { id: 'ord_1', operatorId: asId('operator', '3uk') },
        at,
      );
      await addSims(PARTNER, [{ sim: { ...arrived, ...services, state: 'active', bars: [], customerId: 'cus_1' } }]);
    },
    { concurrency: 16 },
  );
});
afterAll(() => meter.stop());

/** What all SIMs used in an hour of a day, a record each. */
function hourly(day: string, hour: number, some: readonly string[] = iccids): UsageRecord[] {
  const at = `${day}T${String(hour).padStart(2, '0')}:59:59.000Z`;
  return some.map((iccid, n) => ({
    recordId: `3uk-${iccid}-${at}`,
    iccid,
    bytes: 12_345_678 + n,
    at,
    network: '23420',
  }));
}

async function unitsOf(work: () => Promise<unknown>): Promise<{ write: number; read: number }> {
  meter.take();
  await work();
  const { write, read } = meter.take();
  const total = (units: Record<string, number>) => Object.values(units).reduce((sum, of) => sum + of, 0);
  return { write: total(write), read: total(read) };
}

const bytesOf = (records: readonly UsageRecord[]) => records.reduce((sum, { bytes }) => sum + bytes, 0);
const usedBy = async (serviceId: ServiceId, period: string) =>
  (await sumsOfService(PARTNER, serviceId, period)).reduce((sum, { bytes }) => sum + bytes, 0);

describe('the usage of a fleet', () => {
  test('costs little more than a write unit per SIM and hour, even at the end of a day, and none when it is repeated', async () => {
    const hours = Array.from({ length: 24 }, (_, hour) => hourly('2026-03-02', hour));
    await countUsage(asId('operator', '3uk'), hours.slice(0, 20).flat(), now);
    for (const hour of [20, 22]) {
      const records = hours.slice(hour, hour + 2).flat();
      const { write, read } = await unitsOf(() => countUsage(asId('operator', '3uk'), records, now));
      expect(write / records.length).toBeLessThan(1.25);
      expect(read / SIMS).toBeLessThan(5);
    }
    expect(await unitsOf(() => countUsage(asId('operator', '3uk'), hourly('2026-03-02', 7), now))).toMatchObject({
      write: 0,
    });
    for (const id of Object.values(services)) {
      expect(await usedBy(id, '2026-03')).toBe(bytesOf(hours.flat()));
    }
    const tops = (await sumsOfService(PARTNER, services.customerServiceId, '2026-03')).flatMap(({ top }) => top);
    expect(tops).toContainEqual({ iccid: iccids.at(-1), bytes: 24 * (12_345_678 + SIMS - 1) });
  });

  test('counts once when several runs count it concurrently, in different orders', async () => {
    const some = iccids.slice(0, 40);
    const records = [3, 1, 4, 0, 2].flatMap((hour) => hourly('2026-02-10', hour, some));
    const shares = [records, records.toReversed(), records.slice(60), records.slice(0, 150)];
    await Promise.all(shares.map((share) => countUsage(asId('operator', '3uk'), share, now)));
    expect(await usedBy(services.partnerServiceId, '2026-02')).toBe(bytesOf(records));
    expect(await usedBy(services.customerServiceId, '2026-02')).toBe(bytesOf(records));
    const [day] = await simDays(PARTNER, some[7] ?? '', '2026-02-01', '2026-02-28');
    expect(day?.networks).toEqual(new Map([['23420', new Map([0, 1, 2, 3, 4].map((hour) => [hour, 12_345_685]))]]));
  });

  test('of an unknown SIM, or that is too old, is rejected', async () => {
    const [good] = hourly('2026-03-05', 1, iccids.slice(0, 1));
    const records = [
      good,
      { ...good, iccid: withCheckDigit('894499000000000000') },
      { ...good, at: '2025-03-05T00:00:00.000Z' },
    ];
    const defined = records.filter((record): record is UsageRecord => record !== undefined);
    const { rejected, failures } = await countUsage(asId('operator', '3uk'), defined, now);
    expect(defined.map((record) => rejected.get(record))).toEqual([undefined, 'ownerless', 'untimely']);
    expect(failures).toEqual([]);
  });

  test('of a repeated id at another day counts once, even across the end of a month', async () => {
    const [first] = hourly('2026-01-20', 3, iccids.slice(50, 51));
    const used = (at: string) => ({ ...first, recordId: `once-${run}`, at }) as UsageRecord;
    const before = await usedBy(services.partnerServiceId, '2026-01');
    await countUsage(asId('operator', '3uk'), [used('2026-01-31T23:59:59.700Z')], now);
    await countUsage(
      asId('operator', '3uk'),
      [used('2026-02-01T00:00:00.001Z'), used('2026-01-15T12:00:00.000Z')],
      now,
    );
    expect(await usedBy(services.partnerServiceId, '2026-01')).toBe(before + (first?.bytes ?? 0));
    expect(await simDays(PARTNER, iccids[50] ?? '', '2026-02-01', '2026-02-01')).toEqual([]);
  });
});

describe('a SIM whose item makes counting fail', () => {
  test('is dead-lettered with its records, delays no other SIM, and counts after its repair and a redrive', async () => {
    const [broken = '', sound = ''] = iccids.slice(60, 62);
    const key = simDayKey(PARTNER, broken, '2026-03-09');
    // No function writes such: the hours of its day are no text.
    await write(
      put({ ...key, iccid: broken, day: '2026-03-09', networks: { 23420: 7 }, services: {}, records: '', version: 1 }),
    );
    const records = [5, 6].flatMap((hour) => hourly('2026-03-09', hour, [broken, sound]));

    const { rejected } = await ingestUsage(asId('operator', '3uk'), records, now);
    expect([...rejected].map(([{ iccid }, reason]) => [iccid, reason])).toEqual([
      [broken, 'setAside'],
      [broken, 'setAside'],
    ]);
    const bytes = async (iccid: string) =>
      pointsOf(await simDays(PARTNER, iccid, '2026-03-09', '2026-03-09'), 'day', () => true).totalBytes;
    expect(await bytes(sound)).toBe(bytesOf(records.filter(({ iccid }) => iccid === sound)));

    const letters = (await queryDeadLetters(200, undefined)).items.filter(({ work }) =>
      JSON.stringify(work).includes(broken),
    );
    expect(letters.map(({ work: { kind } }) => kind)).toEqual(letters.map(() => 'usage'));
    expect(letters.every(({ id }) => id.length < 60)).toBe(true);
    await write(remove(key));
    for (const { id, work } of letters) {
      await redrive(id, 'ada', now);
      const [again] = (await queryRedrivenUsage(100)).filter((one) => one.id === id);
      expect(again?.work).toEqual(work);
      await removeRedrivenUsage(id);
      if (work.kind === 'usage') {
        await ingestUsage(asId('operator', '3uk'), readRecords(JSON.parse(work.records)).records, now);
      }
    }
    expect(await bytes(broken)).toBe(bytesOf(records.filter(({ iccid }) => iccid === broken)));
  });
});
