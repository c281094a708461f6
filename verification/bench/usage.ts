import { QueryCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import pMap from 'p-map';
import { HOUR_MS } from '../../domain/time-units.ts';
import { startReceiver } from '../../local/demo/receiver.ts';
import { type BenchCloud, startBenchCloud, until } from './bench-cloud.ts';
import { type Figure, figure, median } from './figure.ts';
import { bodyOf, fleetSizes, makeTargets, operate, receive, steps, type Targets } from './fleet.ts';
import { engineClient } from './floor.ts';
import type { BenchOptions } from './main.ts';

/** The hours of a batch: the collector's interval. */
const HOURS = 2;
const BATCHES = 3;
const MAX_SIMS = 1000;
/** The days per transaction of the collector, next to two sums. */
const DAYS_A_WRITE = 95;
const concurrencies = [2, 4, 8] as const;

/** Measures usage: the cost of a record, the rate of the collector, and the delay of an alarm. */
export async function usage({ sims = fleetSizes, engine }: BenchOptions): Promise<Figure[]> {
  const quantity = Math.ceil(Math.min(MAX_SIMS, Math.max(...sims)) / 50) * 50;
  return [...(await units(quantity, engine)), ...(await speed(quantity, engine))];
}

async function units(quantity: number, engine: BenchOptions['engine']): Promise<Figure[]> {
  const bench = await startBenchCloud({ engine, metered: true });
  try {
    const { iccids, targets } = await activeFleet(bench, quantity);
    // Fill the day's item with half a day, an average size.
    await countBatches(bench, iccids, targets, 6);
    bench.meter?.take();
    const records = await countBatches(bench, iccids, targets, BATCHES);
    const taken = bench.meter?.take();
    const { due: _due, ...writes } = taken?.write ?? {};
    const total = Object.values(writes).reduce((sum, of) => sum + of, 0);
    return [
      figure({
        name: `write units per SIM and hour of usage, ${quantity} SIMs`,
        unit: 'units',
        ours: total / records,
        floor: 1,
        goal: { atMost: 2 },
        runs: BATCHES,
        note: 'one record per SIM and hour',
      }),
    ];
  } finally {
    await bench.stop();
  }
}

async function speed(quantity: number, engine: BenchOptions['engine']): Promise<Figure[]> {
  const bench = await startBenchCloud({ engine, metered: false });
  try {
    const { iccids, targets } = await activeFleet(bench, quantity);
    await countBatches(bench, iccids, targets, 1);
    const runs: { ours: number; floor: number; writes: number }[] = [];
    for (let run = 1; run <= BATCHES; run += 1) {
      const floor = HOURS * (await bareDaysPerSecond(bench, quantity, true));
      const writes = HOURS * (await bareDaysPerSecond(bench, quantity, false));
      const before = collectorMs(bench);
      const records = await countBatches(bench, iccids, targets, 1);
      runs.push({ ours: (records * 1000) / (collectorMs(bench) - before), floor, writes });
    }
    const rate = (name: string, floorOf: (run: (typeof runs)[number]) => number) => ({
      name: `${name}, ${quantity} SIMs`,
      unit: '1/s',
      ours: median(runs.map(({ ours }) => ours)),
      floor: median(runs.map(floorOf)),
      ratio: median(runs.map((run) => run.ours / floorOf(run))),
      runs: BATCHES,
    });
    return [
      figure({
        ...rate('usage records per second', ({ floor }) => floor),
        goal: { atLeast: 0.5 },
        note: "while the collector runs; floor: bare queries of each SIM's month and transactions of the same items",
      }),
      figure({
        ...rate('the same, with the writes alone as floor', ({ writes }) => writes),
        note: 'for comparison: without the reads for the SIMs with the highest usage',
      }),
      ...(await alarms(bench, iccids, targets)),
    ];
  } finally {
    await bench.stop();
  }
}

async function activeFleet({ api }: BenchCloud, quantity: number): Promise<{ iccids: string[]; targets: Targets }> {
  const targets = await makeTargets(api, 'Used');
  const orderId = await receive(api, quantity);
  for (const step of steps) {
    await operate(api, step, bodyOf(step, { orderId }, targets));
  }
  const iccids: string[] = [];
  let cursor = '';
  do {
    const page = await api.get<{ items: { iccid: string }[]; nextCursor?: string }>(
      `/v1/orders/${orderId}/sims?limit=200${cursor && `&cursor=${encodeURIComponent(cursor)}`}`,
    );
    iccids.push(...page.items.map(({ iccid }) => iccid));
    cursor = page.nextCursor ?? '';
  } while (cursor !== '');
  return { iccids, targets };
}

/** Records usage in batches of two hours; each is counted before the next. @returns the number of records. */
async function countBatches(
  { api, cloud }: BenchCloud,
  iccids: readonly string[],
  { customerServiceId }: Targets,
  batches: number,
): Promise<number> {
  const usedOf = async (period: string) =>
    (await api.get<{ usedBytes: number }>(`/v1/customer-services/${customerServiceId}/usage?period=${period}`))
      .usedBytes;
  for (let batch = 0; batch < batches; batch += 1) {
    // All records of a batch are in one month, each at a different second.
    const now = cloud.clock.now();
    const period = now.toISOString().slice(0, 7);
    const before = await usedOf(period);
    for (let hour = 0; hour < HOURS; hour += 1) {
      const at = new Date(Math.max(now.getTime() - hour * HOUR_MS, Date.parse(`${period}-01T00:00:00Z`) + hour));
      for (const iccid of iccids) {
        cloud.sandbox?.recordUsage('3uk', { iccid, bytes: 1, at: at.toISOString() });
      }
    }
    await until('the usage to be counted', async () =>
      (await usedOf(period)) - before >= iccids.length * HOURS ? true : undefined,
    );
  }
  return batches * iccids.length * HOURS;
}

/** The collector's duration so far. */
function collectorMs({ cloud }: BenchCloud): number {
  return [...cloud.load().functions]
    .filter(([name]) => name.includes('CollectUsage'))
    .reduce((sum, [, { ms }]) => sum + ms, 0);
}

/**
 * Measures the floor: SIM days per second in the collector's transactions, by one program at its best concurrency.
 *
 * @param reads whether the SIM's month is read first.
 */
async function bareDaysPerSecond(bench: BenchCloud, count: number, reads: boolean): Promise<number> {
  const { documents } = engineClient(bench);
  const partition = `FLOOR#${performance.now().toFixed(0)}`;
  const dayOf = (place: number) => ({
    pk: `${partition}#${place}`,
    sk: '2026-03-02',
    iccid: '8944200000000000001',
    networks: { 23420: Array.from({ length: 14 }, (_, hour) => `${hour}:12345678`).join(' ') },
    services: { psv_01JG0000000000000000000000: 172_839_492, csv_01JG0000000000000000000000: 172_839_492 },
    records: 'abcdefgh'.repeat(14),
    version: 1,
  });
  const writes = Array.from({ length: Math.ceil(count / DAYS_A_WRITE) }, (_, n) =>
    Array.from({ length: Math.min(DAYS_A_WRITE, count - n * DAYS_A_WRITE) }, (_day, place) =>
      dayOf(n * DAYS_A_WRITE + place),
    ),
  );
  const rates: number[] = [];
  for (const concurrency of concurrencies) {
    const begun = performance.now();
    await pMap(
      writes,
      async (days) => {
        await pMap(reads ? days : [], ({ pk }) => documents.send(monthOf(bench.tableName, pk)), { concurrency: 8 });
        await documents.send(
          new TransactWriteCommand({
            TransactItems: days.map((Item) => ({
              Put: {
                TableName: bench.tableName,
                Item,
                ConditionExpression: 'attribute_not_exists(pk) OR version = :version',
                ExpressionAttributeValues: { ':version': 1 },
              },
            })),
          }),
        );
      },
      { concurrency },
    );
    rates.push((count * 1000) / (performance.now() - begun));
  }
  return Math.max(...rates);
}

function monthOf(TableName: string, pk: string): QueryCommand {
  return new QueryCommand({
    TableName,
    ConsistentRead: true,
    KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :upTo',
    ExpressionAttributeValues: { ':pk': pk, ':from': '2026-03-01', ':upTo': '2026-03-31' },
  });
}

/** Measures alarms that all SIMs trigger at once. */
async function alarms({ api, cloud }: BenchCloud, iccids: readonly string[], { customerServiceId }: Targets) {
  const receiver = await startReceiver(api, ['alarm.fired']);
  try {
    await api.post('/v1/alarms', {
      name: 'Bench',
      scope: { customerServiceId },
      measure: 'sim',
      threshold: { bytes: 1_000_000 },
      action: 'notify',
    });
    const begun = performance.now();
    for (const iccid of iccids) {
      cloud.sandbox?.recordUsage('3uk', { iccid, bytes: 1_000_000 });
    }
    await until('the first alarm', async () => (receiver.events.length > 0 ? true : undefined));
    const [first, early] = [performance.now(), receiver.events.length];
    await until('all alarms', async () => (receiver.events.length >= iccids.length ? true : undefined));
    return [
      figure({
        name: `from usage at the operator to its alarm at the partner's server, ${iccids.length} alarms at once`,
        unit: 'ms',
        ours: first - begun,
        runs: 1,
        note: 'the first alarm; it includes up to 5 s of waiting for the collector, which stand for two hours',
      }),
      figure({
        name: `events per second to a webhook, ${iccids.length} alarms at once`,
        unit: '1/s',
        ours: ((iccids.length - early) * 1000) / (performance.now() - first),
        runs: 1,
        note: 'each signed, received and answered',
      }),
    ];
  } finally {
    receiver.stop();
  }
}
