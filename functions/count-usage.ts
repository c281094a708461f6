import pMap from 'p-map';
import { ConditionFailed } from '../adapters/dynamodb/items.ts';
import { usageShardOf } from '../adapters/dynamodb/keys.ts';
import { getSims, hasHadItsServicesSince, ownersOf } from '../adapters/dynamodb/sims.ts';
import { targetsOf, tenuresOfSim } from '../adapters/dynamodb/tenures.ts';
import { MOST_WRITES, recordKeyOf, simDays, sumsInShard, writeUsage } from '../adapters/dynamodb/usage.ts';
import { type Tenure, tenureAt } from '../domain/tenure.ts';
import {
  countInto,
  dayOf,
  type HeldRecord,
  isTimely,
  monthsOf,
  type Period,
  periodOf,
  type SimMonth,
  servicesOf,
} from '../domain/usage.ts';
import type { UsageRecord } from '../domain/usage-record.ts';
import { logger, measure } from './http/telemetry.ts';
import { watchAlarms } from './watch-alarms.ts';

/** Shards that are counted side by side, and reads in flight within each. */
const SHARDS_AT_A_TIME = 4;
const READS_IN_FLIGHT = 8;
/** How often a chunk is counted anew when somebody else counted at the same time. */
const TRIES = 8;

/** What became of a batch of records: those that were not counted are of SIMs that nobody has, or of another time. */
export type Counted = { counted: number; ownerless: number; untimely: number };

/** Counts what an operator told, by whatever way it came; what is not counted is told in the log, and both in metrics. */
export async function takeInUsage(operatorId: string, records: readonly UsageRecord[], now: Date): Promise<Counted> {
  const taken = await countUsage(records, now);
  const { counted, ownerless, untimely } = taken;
  measure('UsageRecordsCounted', counted);
  if (ownerless + untimely > 0) {
    logger.warn('usage not counted', { operatorId, ownerless, untimely });
    measure('UsageRecordsNotCounted', ownerless + untimely);
  }
  return taken;
}

/**
 * Counts what SIMs used: each record once, for the services that held its SIM at its time. All records of a SIM and day
 * are one write, together with what they add to the services.
 */
export async function countUsage(records: readonly UsageRecord[], now: Date): Promise<Counted> {
  const timely = records.filter(({ at }) => isTimely(at, now));
  const owners = await ownersOf([...new Set(timely.map(({ iccid }) => iccid))]);
  const owned = timely.filter(({ iccid }) => owners.has(iccid));
  for (const [partnerId, ofPartner] of Map.groupBy(owned, ({ iccid }) => owners.get(iccid) ?? '')) {
    const held = await withHolders(partnerId, ofPartner);
    const shards = Map.groupBy(held, ({ iccid }) => usageShardOf(iccid));
    const months = await pMap(shards, ([shard, inShard]) => countShard(partnerId, shard, inShard), {
      concurrency: SHARDS_AT_A_TIME,
    });
    await watchAlarms(partnerId, months.flat(), now);
  }
  return {
    counted: owned.length,
    ownerless: timely.length - owned.length,
    untimely: records.length - timely.length,
  };
}

/** The records with the services that held their SIMs. A SIM's life is read only where it was moved since. */
async function withHolders(partnerId: string, records: readonly UsageRecord[]): Promise<HeldRecord[]> {
  const byIccid = Map.groupBy(records, ({ iccid }) => iccid);
  const sims = await getSims(partnerId, [...byIccid.keys()]);
  const targetOf = targetsOf(partnerId);
  const held = await pMap(
    sims.values(),
    async (sim) => {
      const ofSim = byIccid.get(sim.iccid) ?? [];
      const [earliest = ''] = ofSim.map(({ at }) => at).sort();
      const tenures = hasHadItsServicesSince(sim, earliest) ? undefined : await tenuresOfSim(partnerId, sim, targetOf);
      return ofSim.map(({ recordId, ...record }): HeldRecord => {
        const holder: Omit<Tenure, 'from'> = tenures ? tenureAt(tenures, record.at) : sim;
        const { partnerServiceId, customerServiceId } = holder;
        return { ...record, key: recordKeyOf(recordId), partnerServiceId, customerServiceId };
      });
    },
    { concurrency: READS_IN_FLIGHT },
  );
  return held.flat();
}

/** The records of a SIM and day: what is written at once. */
type DayOfRecords = { iccid: string; period: Period; records: readonly HeldRecord[] };

/** Chunk after chunk: they add to the same sums. SIMs of the same services come together, so that a chunk has few sums. */
async function countShard(partnerId: string, shard: number, records: readonly HeldRecord[]): Promise<SimMonth[]> {
  const byDay = Map.groupBy(records, ({ iccid, at }) => `${iccid} ${dayOf(at)}`);
  const days = [...byDay.values()].flatMap((ofDay): DayOfRecords[] =>
    ofDay[0] ? [{ iccid: ofDay[0].iccid, period: periodOf(ofDay[0].at), records: ofDay }] : [],
  );
  const placeOf = ({ records: [first] }: DayOfRecords) => `${first?.customerServiceId} ${first?.partnerServiceId}`;
  days.sort((one, other) => (placeOf(one) < placeOf(other) ? -1 : 1));
  const months: SimMonth[] = [];
  for (const chunk of chunksOf(days)) {
    months.push(...(await countChunk(partnerId, shard, chunk)));
  }
  return months;
}

const sumsTouchedBy = ({ records, period }: DayOfRecords) =>
  records.flatMap(servicesOf).map((serviceId) => `${period} ${serviceId}`);

/** As many days as one transaction takes with the sums that they add to. */
function chunksOf(days: readonly DayOfRecords[]): DayOfRecords[][] {
  const chunks: DayOfRecords[][] = [];
  let sums = new Set<string>();
  for (const day of days) {
    const chunk = chunks.at(-1);
    const both = new Set([...sums, ...sumsTouchedBy(day)]);
    if (chunk && chunk.length + 1 + both.size <= MOST_WRITES) {
      chunk.push(day);
      sums = both;
    } else {
      chunks.push([day]);
      sums = new Set(sumsTouchedBy(day));
    }
  }
  return chunks;
}

/** @returns what its SIMs used in these months, when all of it is in: whether it is now, or was before. */
async function countChunk(partnerId: string, shard: number, chunk: readonly DayOfRecords[]): Promise<SimMonth[]> {
  const records = chunk.flatMap((day) => day.records);
  const months = [...new Map(chunk.map((day) => [`${day.period} ${day.iccid}`, day])).values()];
  const services = [...new Set(chunk.flatMap(sumsTouchedBy))].map((touched) => {
    const [period = '', serviceId = ''] = touched.split(' ');
    return { period, serviceId };
  });
  for (let attempt = 1; ; attempt += 1) {
    const [days, sums] = await Promise.all([
      // Of the whole month, because which SIMs used the most is told by what they used in all of it.
      pMap(months, ({ iccid, period }) => simDays(partnerId, iccid, `${period}-01`, `${period}-31`), {
        concurrency: READS_IN_FLIGHT,
      }),
      sumsInShard(partnerId, services, shard),
    ]);
    const changed = countInto({ days: days.flat(), sums }, records);
    const used = monthsOf(days.flat(), changed.days);
    if (changed.days.length === 0) {
      return used;
    }
    try {
      await writeUsage(partnerId, shard, changed);
      return used;
    } catch (error) {
      if (!(error instanceof ConditionFailed) || attempt === TRIES) {
        throw error;
      }
    }
  }
}
