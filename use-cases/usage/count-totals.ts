import pMap from 'p-map';
import { ConditionFailed } from '../../adapters/dynamodb/conditions.ts';
import { isTransient } from '../../adapters/dynamodb/failures.ts';
import { retryOnConflict } from '../../adapters/dynamodb/retry-on-conflict.ts';
import { hasKeptServicesSince, type SimRecord } from '../../adapters/dynamodb/sims.ts';
import { targetsOf, tenuresOfSim } from '../../adapters/dynamodb/tenures.ts';
import { MAX_USAGE_WRITES, simDays, sumsInShard, usageShardOf, writeUsage } from '../../adapters/dynamodb/usage.ts';
import type { PartnerId } from '../../domain/ids.ts';
import type { UsageTotal } from '../../domain/operator-port.ts';
import { tenuresBetween } from '../../domain/tenure.ts';
import { monthsOf, periodOf, type SimDay, type SimMonth } from '../../domain/usage.ts';
import { type DayTotal, endOfDay, replaceInto, servicesOfTotals, totalsByDay } from '../../domain/usage-totals.ts';
import { evaluateAlarms } from '../alarms/evaluate-alarms.ts';
import { endTests } from './end-tests.ts';
import { deadLetterAlarm } from './ingest-usage.ts';

const CONCURRENT_SHARDS = 4;
/** Per shard. */
const CONCURRENT_READS = 8;

/** What an operator answered about SIMs of a partner, at a time. */
export type TotalsAnswer = {
  sims: readonly SimRecord[];
  totals: readonly UsageTotal[];
  /** Taken before the operator was asked, so that no answer seems newer than it is. */
  askedAt: Date;
};

/**
 * Counts the totals of SIMs and days in place of what was counted for them before.
 *
 * 1. Finds the services that held each SIM on each day.
 * 2. Replaces the days, and applies the differences to the sums of the services, in transactions.
 * 3. Activates SIMs that have used as much as their test status allows.
 * 4. Evaluates the alarms of the partner. Repeated after a crash, this changes nothing that was counted.
 *
 * @throws the error of a failure. Everything can be counted again.
 */
export async function countTotals(partnerId: PartnerId, answers: readonly TotalsAnswer[], now: Date): Promise<void> {
  const targetOf = targetsOf(partnerId);
  const answered = answers.flatMap(({ sims, totals, askedAt }) => {
    const bySim = Map.groupBy(totals, ({ iccid }) => iccid);
    return sims.flatMap((sim) => ({ sim, ofSim: bySim.get(sim.iccid) ?? [], askedAt: askedAt.toISOString() }));
  });
  const days = await pMap(
    answered.filter(({ ofSim }) => ofSim.length > 0),
    async ({ sim, ofSim, askedAt }) => {
      const [firstDay = ''] = ofSim.map(({ day }) => day).sort();
      const tenures = hasKeptServicesSince(sim, firstDay)
        ? ([{ ...sim, from: '' }] as const)
        : await tenuresOfSim(partnerId, sim, targetOf);
      return totalsByDay(sim.operatorId, ofSim, askedAt, (day) =>
        tenuresBetween(tenures, day, [endOfDay(day), askedAt].sort()[0] ?? day),
      );
    },
    { concurrency: CONCURRENT_READS },
  );
  const months = await pMap(
    Map.groupBy(days.flat(), ({ iccid }) => usageShardOf(iccid)),
    ([shard, inShard]) => countShard(partnerId, shard, inShard),
    { concurrency: CONCURRENT_SHARDS },
  );
  await endTests(
    partnerId,
    answered.map(({ sim }) => sim),
    now,
  );
  for (const failure of await evaluateAlarms(partnerId, months.flat(), now)) {
    if (isTransient(failure.error)) {
      throw failure.error;
    }
    await deadLetterAlarm(failure, now);
  }
}

/** The maximum number of days in a transaction: most of its writes, with some left for the sums of services. */
const MAX_DAYS_PER_WRITE = 80;

async function countShard(partnerId: PartnerId, shard: number, totals: readonly DayTotal[]): Promise<SimMonth[]> {
  const months: SimMonth[] = [];
  const chunks: (readonly DayTotal[])[] = [totals];
  for (let chunk = chunks.pop(); chunk; chunk = chunks.pop()) {
    const counted = chunk.length > MAX_DAYS_PER_WRITE ? 'too_large' : await countChunk(partnerId, shard, chunk);
    if (counted === 'too_large') {
      const middle = Math.ceil(chunk.length / 2);
      chunks.push(chunk.slice(middle), chunk.slice(0, middle));
    } else {
      months.push(...counted);
    }
  }
  return months;
}

/** @returns the usage of the SIMs in the months of the totals; `too_large` when it needs more writes than a transaction allows. */
async function countChunk(
  partnerId: PartnerId,
  shard: number,
  totals: readonly DayTotal[],
): Promise<SimMonth[] | 'too_large'> {
  const { result } = await retryOnConflict(async () => {
    try {
      return { result: await tryCountChunk(partnerId, shard, totals) };
    } catch (error) {
      if (error instanceof ConditionFailed) {
        return undefined;
      }
      throw error;
    }
  });
  return result;
}

/** @throws ConditionFailed when another process counts usage of the same SIMs or services at the same time. */
async function tryCountChunk(
  partnerId: PartnerId,
  shard: number,
  totals: readonly DayTotal[],
): Promise<SimMonth[] | 'too_large'> {
  const bySim = Map.groupBy(totals, ({ iccid }) => iccid);
  const days = (
    await pMap(bySim, ([iccid, ofSim]) => monthsOfSim(partnerId, iccid, ofSim), { concurrency: CONCURRENT_READS })
  ).flat();
  const sums = await sumsInShard(partnerId, servicesOfTotals(days, totals), shard);
  const changed = replaceInto({ days, sums }, totals);
  if (changed.days.length + changed.sums.length > MAX_USAGE_WRITES && totals.length > 1) {
    return 'too_large';
  }
  if (changed.days.length + changed.sums.length > 0) {
    await writeUsage(partnerId, shard, changed);
  }
  const counted = new Set(totals.map(({ iccid, day }) => `${iccid} ${periodOf(day)}`));
  return monthsOf(days, changed.days).filter(({ iccid, period }) => counted.has(`${iccid} ${period}`));
}

/** All days of a SIM in the months of its totals. */
function monthsOfSim(partnerId: PartnerId, iccid: string, totals: readonly DayTotal[]): Promise<SimDay[]> {
  const days = totals.map(({ day }) => day).sort();
  return simDays(partnerId, iccid, `${periodOf(days[0] ?? '')}-01`, `${periodOf(days.at(-1) ?? '')}-31`);
}
