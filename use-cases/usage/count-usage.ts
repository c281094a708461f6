import pMap from 'p-map';
import { deadLetter, failedUsage } from '../../adapters/dynamodb/dead-letters.ts';
import { isPassing } from '../../adapters/dynamodb/failures.ts';
import { ConditionFailed } from '../../adapters/dynamodb/items.ts';
import { usageShardOf } from '../../adapters/dynamodb/keys.ts';
import { getSims, hasHadItsServicesSince, ownersOf, type SimRecord } from '../../adapters/dynamodb/sims.ts';
import { type TargetOf, targetsOf, tenuresOfSim } from '../../adapters/dynamodb/tenures.ts';
import {
  MAX_USAGE_WRITES,
  recordContentOf,
  recordKeyOf,
  simDays,
  sumsInShard,
  writeUsage,
} from '../../adapters/dynamodb/usage.ts';
import { logger } from '../../adapters/telemetry/logger.ts';
import { recordMetric } from '../../adapters/telemetry/metrics.ts';
import { type Tenure, tenureAt } from '../../domain/tenure.ts';
import {
  countedAt,
  countInto,
  dayOf,
  daysToKnow,
  type HeldRecord,
  isTimely,
  monthsOf,
  type Period,
  periodOf,
  type SimMonth,
  servicesOf,
} from '../../domain/usage.ts';
import type { UsageRecord } from '../../domain/usage-record.ts';
import { type AlarmFailure, evaluateAlarms } from '../alarms/evaluate-alarms.ts';

/** Shards that are counted side by side, and reads in flight within each. */
const SHARDS_AT_A_TIME = 4;
const READS_IN_FLIGHT = 8;
/** How often a chunk is counted again when another process counted at the same time. */
const TRIES = 8;

/** Why a record is not counted. */
export type Rejection =
  /** No partner has the SIM. */
  | 'ownerless'
  /** It is too old, or of the future. */
  | 'untimely'
  /** The SIM is another operator's. */
  | 'otherOperator'
  /** The SIM has a record of the same id with other bytes or another network. */
  | 'conflicting'
  /** Counting it failed: it is dead-lettered. */
  | 'setAside';

/** The records of a batch that are not counted; all others are, now or before. */
export type Intake = { rejected: ReadonlyMap<UsageRecord, Rejection> };

/** Records whose counting failed. */
type Failure = { records: readonly UsageRecord[]; error: unknown };

/**
 * Counts what an operator sent, by whatever way it came, and logs and measures what is not counted. A record, SIM, partner
 * or alarm that cannot be worked is dead-lettered and holds up no other.
 *
 * @param isLastTry dead-letters what a passing fault prevents, too, instead of throwing it.
 * @throws the fault when it is likely to pass (throttling, an outage): everything else is counted, and the batch can be
 *   counted again.
 */
export async function ingestUsage(
  operatorId: string,
  records: readonly UsageRecord[],
  now: Date,
  { isLastTry = false }: { isLastTry?: boolean } = {},
): Promise<Intake> {
  const { rejected, failures, alarmFailures } = await countUsage(operatorId, records, now);
  const isForGood = ({ error }: { error: unknown }) => isLastTry || !isPassing(error);
  for (const failure of failures.filter(isForGood)) {
    await deadLetterRecords(operatorId, failure, now);
    for (const record of failure.records) {
      rejected.set(record, 'setAside');
    }
  }
  for (const { error, ...alarm } of alarmFailures.filter(isForGood)) {
    await deadLetter({ kind: 'alarm', ...alarm }, String(error), now);
    logger.error('set aside', { kind: 'alarm', partnerId: alarm.partnerId, alarmId: alarm.id, error });
    recordMetric('SetAside', 1);
  }
  report(operatorId, records.length, rejected);
  const passing = [...failures, ...alarmFailures].find((failure) => !isForGood(failure));
  if (passing) {
    throw passing.error;
  }
  return { rejected };
}

/** Stores records that cannot be counted or understood, as the operator sent them, until they are redriven. */
export async function deadLetterRecords(
  operatorId: string,
  { records, error }: { records: readonly unknown[]; error: unknown },
  now: Date,
): Promise<void> {
  for (const work of failedUsage(operatorId, records)) {
    await deadLetter(work, String(error), now);
    recordMetric('SetAside', 1);
  }
  logger.error('set aside', { kind: 'usage', operatorId, records: records.length, error });
}

function report(operatorId: string, records: number, rejected: ReadonlyMap<UsageRecord, Rejection>): void {
  recordMetric('UsageRecordsCounted', records - rejected.size);
  if (rejected.size > 0) {
    const reasons = Map.groupBy(rejected.values(), (reason) => reason);
    const counts = Object.fromEntries([...reasons].map(([reason, all]) => [reason, all.length]));
    logger.warn('usage not counted', { operatorId, ...counts });
    recordMetric('UsageRecordsNotCounted', rejected.size);
  }
}

/**
 * Counts what SIMs used: each record once, for the services that held its SIM at its time. All records of a SIM and day
 * are one write, together with what they add to the services. What fails is reported and holds up nothing else.
 */
export async function countUsage(
  operatorId: string,
  records: readonly UsageRecord[],
  now: Date,
): Promise<{ rejected: Map<UsageRecord, Rejection>; failures: Failure[]; alarmFailures: AlarmFailure[] }> {
  const rejected = new Map<UsageRecord, Rejection>();
  const failures: Failure[] = [];
  const alarmFailures: AlarmFailure[] = [];
  const timely = records.filter((record) => passesOr(rejected, record, 'untimely', isTimely(record.at, now)));
  const owners = await ownersOf([...new Set(timely.map(({ iccid }) => iccid))]);
  const owned = timely.filter((record) => passesOr(rejected, record, 'ownerless', owners.has(record.iccid)));
  for (const [partnerId, ofPartner] of Map.groupBy(owned, ({ iccid }) => owners.get(iccid) ?? '')) {
    try {
      const batch: Batch = { partnerId, operatorId, rejected, failures };
      const held = await withHolders(batch, ofPartner);
      const shards = Map.groupBy(held, ({ iccid }) => usageShardOf(iccid));
      const months = await pMap(shards, ([shard, inShard]) => countShard(batch, shard, inShard), {
        concurrency: SHARDS_AT_A_TIME,
      });
      alarmFailures.push(...(await evaluateAlarms(partnerId, months.flat(), now)));
    } catch (error) {
      failures.push({ records: ofPartner, error });
    }
  }
  return { rejected, failures, alarmFailures };
}

function passesOr(
  rejected: Map<UsageRecord, Rejection>,
  record: UsageRecord,
  reason: Rejection,
  passes: boolean,
): boolean {
  if (!passes) {
    rejected.set(record, reason);
  }
  return passes;
}

/** What is counted for one partner, and what becomes of records that are not. */
type Batch = {
  partnerId: string;
  operatorId: string;
  rejected: Map<UsageRecord, Rejection>;
  failures: Failure[];
};

/** A record with the services that held its SIM, and as it came. */
type Counting = HeldRecord & { source: UsageRecord };

/** The records with the services that held their SIMs. A SIM's life is read only where it was moved since. */
async function withHolders(batch: Batch, records: readonly UsageRecord[]): Promise<Counting[]> {
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
    { concurrency: READS_IN_FLIGHT },
  );
  return held.flat();
}

async function withHoldersOfSim(
  partnerId: string,
  sim: SimRecord,
  records: readonly UsageRecord[],
  targetOf: TargetOf,
): Promise<Counting[]> {
  const timed = records.map((source) => ({ source, at: countedAt(source.at) }));
  const [earliest = ''] = timed.map(({ at }) => at).sort();
  const tenures = hasHadItsServicesSince(sim, earliest) ? undefined : await tenuresOfSim(partnerId, sim, targetOf);
  return timed.map(({ source, at }): Counting => {
    const { recordId, iccid, bytes, network } = source;
    const holder: Omit<Tenure, 'from'> = tenures ? tenureAt(tenures, at) : sim;
    const { partnerServiceId, customerServiceId } = holder;
    const [key, content] = [recordKeyOf(recordId), recordContentOf(source)];
    return { key, content, iccid, at, network, bytes, partnerServiceId, customerServiceId, source };
  });
}

/** The records of a SIM and day: what is written at once. */
type DayOfRecords = { iccid: string; period: Period; records: readonly Counting[] };

/** Chunk after chunk: they add to the same sums. SIMs of the same services come together, so that a chunk has few sums. */
async function countShard(batch: Batch, shard: number, records: readonly Counting[]): Promise<SimMonth[]> {
  const byDay = Map.groupBy(records, ({ iccid, at }) => `${iccid} ${dayOf(at)}`);
  const days = [...byDay.values()].flatMap((ofDay): DayOfRecords[] =>
    ofDay[0] ? [{ iccid: ofDay[0].iccid, period: periodOf(ofDay[0].at), records: ofDay }] : [],
  );
  const placeOf = ({ records: [first] }: DayOfRecords) => `${first?.customerServiceId} ${first?.partnerServiceId}`;
  days.sort((one, other) => (placeOf(one) < placeOf(other) ? -1 : 1));
  const months: SimMonth[] = [];
  const chunks = chunksOf(days).toReversed();
  for (let chunk = chunks.pop(); chunk; chunk = chunks.pop()) {
    const counted = await countChunk(batch, shard, chunk);
    if (counted === 'too_large') {
      chunks.push(...halvesOf(chunk).toReversed());
    } else if ('error' in counted) {
      const halves = isPassing(counted.error) ? [] : halvesOf(chunk);
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

const sourcesOf = (chunk: readonly DayOfRecords[]) =>
  chunk.flatMap(({ records }) => records.map(({ source }) => source));

/** Two parts of a chunk, of whole days or, of one day, of its records; none of a single record. */
function halvesOf(chunk: readonly DayOfRecords[]): DayOfRecords[][] {
  const [first, ...others] = chunk;
  if (first === undefined || (others.length === 0 && first.records.length < 2)) {
    return [];
  }
  if (others.length === 0) {
    const middle = Math.ceil(first.records.length / 2);
    return [
      [{ ...first, records: first.records.slice(0, middle) }],
      [{ ...first, records: first.records.slice(middle) }],
    ];
  }
  const middle = Math.ceil(chunk.length / 2);
  return [chunk.slice(0, middle), chunk.slice(middle)];
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
    if (chunk && chunk.length + 1 + both.size <= MAX_USAGE_WRITES) {
      chunk.push(day);
      sums = both;
    } else {
      chunks.push([day]);
      sums = new Set(sumsTouchedBy(day));
    }
  }
  return chunks;
}

/**
 * @returns what its SIMs used in these months, when all of it is in, whether it is now or was before; `too_large` when it
 *   takes more writes than a transaction has room for.
 */
async function countChunk(
  { partnerId, rejected }: Batch,
  shard: number,
  chunk: readonly DayOfRecords[],
): Promise<{ months: SimMonth[] } | 'too_large' | { error: unknown }> {
  const records = chunk.flatMap((day) => day.records);
  const months = new Set(chunk.map(({ iccid, period }) => `${period} ${iccid}`));
  const services = [...new Set(chunk.flatMap(sumsTouchedBy))].map((touched) => {
    const [period = '', serviceId = ''] = touched.split(' ');
    return { period, serviceId };
  });
  for (let attempt = 1; ; attempt += 1) {
    try {
      const [days, sums] = await Promise.all([
        pMap(
          Map.groupBy(records, ({ iccid }) => iccid),
          ([iccid, ofSim]) => {
            const { from, upTo } = daysToKnow(ofSim);
            return simDays(partnerId, iccid, from, upTo);
          },
          { concurrency: READS_IN_FLIGHT },
        ),
        sumsInShard(partnerId, services, shard),
      ]);
      const changed = countInto({ days: days.flat(), sums }, records);
      if (changed.days.length + changed.sums.length > MAX_USAGE_WRITES) {
        return 'too_large';
      }
      if (changed.days.length > 0) {
        await writeUsage(partnerId, shard, changed);
      }
      const conflicting = new Set(changed.conflicting);
      for (const record of records) {
        if (conflicting.has(record)) {
          rejected.set(record.source, 'conflicting');
        }
      }
      // The days reach beyond these months: of others they have only a part.
      const used = monthsOf(days.flat(), changed.days);
      return { months: used.filter(({ period, iccid }) => months.has(`${period} ${iccid}`)) };
    } catch (error) {
      if (!(error instanceof ConditionFailed) || attempt === TRIES) {
        return { error };
      }
    }
  }
}
