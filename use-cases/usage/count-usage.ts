import pMap from 'p-map';
import { ConditionFailed } from '../../adapters/dynamodb/conditions.ts';
import { isTransient } from '../../adapters/dynamodb/failures.ts';
import { retryOnConflict } from '../../adapters/dynamodb/retry-on-conflict.ts';
import { getSims, hasKeptServicesSince, ownersOf, type SimRecord } from '../../adapters/dynamodb/sims.ts';
import { type TargetOf, targetsOf, tenuresOfSim } from '../../adapters/dynamodb/tenures.ts';
import {
  MAX_USAGE_WRITES,
  recordContentOf,
  recordKeyOf,
  simDays,
  sumsInShard,
  usageShardOf,
  writeUsage,
} from '../../adapters/dynamodb/usage.ts';
import { asId, type OperatorId, type PartnerId } from '../../domain/ids.ts';
import { type Tenure, tenureAt } from '../../domain/tenure.ts';
import {
  countedAt,
  countInto,
  daysToRead,
  type HeldRecord,
  isTimely,
  monthsOf,
  type SimMonth,
  type UsageRejection,
} from '../../domain/usage.ts';
import { chunkDays, type DayRecords, groupByDay, halve, sumsOfChunk } from '../../domain/usage-chunks.ts';
import type { UsageRecord } from '../../domain/usage-record.ts';
import { type AlarmFailure, evaluateAlarms } from '../alarms/evaluate-alarms.ts';
import { endTests } from './end-tests.ts';

const CONCURRENT_SHARDS = 4;
/** Per shard. */
const CONCURRENT_READS = 8;

/** Records whose counting failed. */
type Failure = { records: readonly UsageRecord[]; error: unknown };

type CountedUsage = {
  rejected: Map<UsageRecord, UsageRejection>;
  failures: Failure[];
  alarmFailures: AlarmFailure[];
};

/**
 * Counts each usage record once, for the services that held its SIM at the time of the record.
 *
 * 1. Finds the partner of each SIM, and the services that held the SIM.
 * 2. Adds the records to the days of the SIMs and to the sums of the services, in transactions of several days.
 * 3. Activates SIMs that have used as much as their test status allows.
 * 4. Evaluates the alarms of each partner.
 *
 * Failures are returned. They do not affect other records.
 */
export async function countUsage(
  operatorId: OperatorId,
  records: readonly UsageRecord[],
  now: Date,
): Promise<CountedUsage> {
  const rejected = new Map<UsageRecord, UsageRejection>();
  const failures: Failure[] = [];
  const alarmFailures: AlarmFailure[] = [];
  const timely = records.filter((record) => acceptOr(rejected, record, 'untimely', isTimely(record.at, now)));
  const owners = await ownersOf([...new Set(timely.map(({ iccid }) => iccid))]);
  const owned = timely.filter((record) => acceptOr(rejected, record, 'ownerless', owners.has(record.iccid)));
  for (const [partnerId, ofPartner] of Map.groupBy(owned, ({ iccid }) => asId('partner', owners.get(iccid) ?? ''))) {
    try {
      const batch: Batch = { partnerId, operatorId, rejected, failures };
      const { held, sims } = await withHolders(batch, ofPartner);
      const shards = Map.groupBy(held, ({ iccid }) => usageShardOf(iccid));
      const months = await pMap(shards, ([shard, inShard]) => countShard(batch, shard, inShard), {
        concurrency: CONCURRENT_SHARDS,
      });
      await endTests(partnerId, sims, now);
      alarmFailures.push(...(await evaluateAlarms(partnerId, months.flat(), now)));
    } catch (error) {
      failures.push({ records: ofPartner, error });
    }
  }
  return { rejected, failures, alarmFailures };
}

function acceptOr(
  rejected: Map<UsageRecord, UsageRejection>,
  record: UsageRecord,
  reason: UsageRejection,
  isAccepted: boolean,
): boolean {
  if (!isAccepted) {
    rejected.set(record, reason);
  }
  return isAccepted;
}

/** The partner whose records are counted, and the collections of rejected and failed records. */
type Batch = {
  partnerId: PartnerId;
  operatorId: OperatorId;
  rejected: Map<UsageRecord, UsageRejection>;
  failures: Failure[];
};

/** A record with the services that held its SIM, and the original record. */
type SourcedRecord = HeldRecord & { source: UsageRecord };

/**
 * Adds the services that held the SIMs. Reads the history of a SIM only if its services have changed since the records.
 *
 * @returns the records, and their SIMs.
 */
async function withHolders(
  batch: Batch,
  records: readonly UsageRecord[],
): Promise<{ held: SourcedRecord[]; sims: SimRecord[] }> {
  const { partnerId, operatorId, rejected, failures } = batch;
  const byIccid = Map.groupBy(records, ({ iccid }) => iccid);
  const sims = await getSims(partnerId, [...byIccid.keys()]);
  const targetOf = targetsOf(partnerId);
  const held = await pMap(
    byIccid,
    async ([iccid, ofSim]) => {
      const sim = sims.get(iccid);
      const reason = sim === undefined ? 'ownerless' : 'otherOperator';
      if (sim?.operatorId !== operatorId) {
        for (const record of ofSim) {
          rejected.set(record, reason);
        }
        return [];
      }
      try {
        return await withHoldersOfSim(partnerId, sim, ofSim, targetOf);
      } catch (error) {
        failures.push({ records: ofSim, error });
        return [];
      }
    },
    { concurrency: CONCURRENT_READS },
  );
  return { held: held.flat(), sims: [...sims.values()].filter((sim) => sim.operatorId === operatorId) };
}

async function withHoldersOfSim(
  partnerId: PartnerId,
  sim: SimRecord,
  records: readonly UsageRecord[],
  targetOf: TargetOf,
): Promise<SourcedRecord[]> {
  const timed = records.map((source) => ({ source, at: countedAt(source.at) }));
  const [earliest = ''] = timed.map(({ at }) => at).sort();
  const tenures = hasKeptServicesSince(sim, earliest) ? undefined : await tenuresOfSim(partnerId, sim, targetOf);
  return timed.map(({ source, at }): SourcedRecord => {
    const { recordId, iccid, bytes, network } = source;
    const holder: Omit<Tenure, 'from'> = tenures ? tenureAt(tenures, at) : sim;
    const { partnerServiceId, customerServiceId } = holder;
    const [key, content] = [recordKeyOf(recordId), recordContentOf(source)];
    return {
      key,
      content,
      iccid,
      operatorId: sim.operatorId,
      at,
      network,
      bytes,
      partnerServiceId,
      customerServiceId,
      source,
    };
  });
}

type Chunk = readonly DayRecords<SourcedRecord>[];

/**
 * Counts the chunks sequentially, because they add to the same sums. A chunk that is too large or fails permanently is halved
 * repeatedly, down to the single record that fails.
 */
async function countShard(batch: Batch, shard: number, records: readonly SourcedRecord[]): Promise<SimMonth[]> {
  const months: SimMonth[] = [];
  const chunks: Chunk[] = chunkDays(groupByDay(records), MAX_USAGE_WRITES).toReversed();
  for (let chunk = chunks.pop(); chunk; chunk = chunks.pop()) {
    const counted = await countChunk(batch, shard, chunk);
    if (counted === 'too_large') {
      chunks.push(...halve(chunk).toReversed());
    } else if ('error' in counted) {
      const halves = isTransient(counted.error) ? [] : halve(chunk);
      if (halves.length === 0) {
        batch.failures.push({ records: sourcesOf(chunk), error: counted.error });
      }
      chunks.push(...halves.toReversed());
    } else {
      months.push(...counted.months);
    }
  }
  return months;
}

const sourcesOf = (chunk: Chunk) => chunk.flatMap(({ records }) => records.map(({ source }) => source));

/**
 * @returns the usage of its SIMs in the months of the chunk, even if the chunk was counted before; `too_large` when it needs
 *   more writes than a transaction allows.
 */
async function countChunk(
  batch: Batch,
  shard: number,
  chunk: Chunk,
): Promise<{ months: SimMonth[] } | 'too_large' | { error: unknown }> {
  try {
    const { result } = await retryOnConflict(async () => {
      try {
        return { result: await tryCountChunk(batch, shard, chunk) };
      } catch (error) {
        if (error instanceof ConditionFailed) {
          return undefined;
        }
        throw error;
      }
    });
    return result;
  } catch (error) {
    return { error };
  }
}

/** @throws ConditionFailed when another process counts records of the same SIMs or services at the same time. */
async function tryCountChunk(
  { partnerId, rejected }: Batch,
  shard: number,
  chunk: Chunk,
): Promise<{ months: SimMonth[] } | 'too_large'> {
  const records = chunk.flatMap((day) => day.records);
  const [days, sums] = await Promise.all([
    pMap(
      Map.groupBy(records, ({ iccid }) => iccid),
      ([iccid, ofSim]) => {
        const { from, upTo } = daysToRead(ofSim);
        return simDays(partnerId, iccid, from, upTo);
      },
      { concurrency: CONCURRENT_READS },
    ),
    sumsInShard(partnerId, sumsOfChunk(chunk), shard),
  ]);
  const changed = countInto({ days: days.flat(), sums }, records);
  if (changed.days.length + changed.sums.length > MAX_USAGE_WRITES) {
    return 'too_large';
  }
  if (changed.days.length > 0) {
    await writeUsage(partnerId, shard, changed);
  }
  for (const record of records) {
    const reason = changed.notCounted.get(record);
    if (reason !== undefined) {
      rejected.set(record.source, reason);
    }
  }
  // The days that were read include parts of other months, which are incomplete.
  const monthsOfChunk = new Set(chunk.map(({ iccid, period }) => `${period} ${iccid}`));
  const used = monthsOf(days.flat(), changed.days);
  return { months: used.filter(({ period, iccid }) => monthsOfChunk.has(`${period} ${iccid}`)) };
}
