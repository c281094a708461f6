import pMap from 'p-map';
import { ConditionFailed } from '../../adapters/dynamodb/conditions.ts';
import { getOperator } from '../../adapters/dynamodb/operators.ts';
import { retryOnConflict } from '../../adapters/dynamodb/retry-on-conflict.ts';
import { getSim, type SimRecord, saveSim } from '../../adapters/dynamodb/sims.ts';
import { simDays } from '../../adapters/dynamodb/usage.ts';
import { logger } from '../../adapters/telemetry/logger.ts';
import type { PartnerId } from '../../domain/ids.ts';
import { endTest, inTestSince, usedInTest } from '../../domain/test-status.ts';
import { SYSTEM } from '../../domain/timeline.ts';
import { dayOf } from '../../domain/usage.ts';
import { isolateSim } from '../sims/isolate-sim.ts';

const CONCURRENT_SIMS = 8;

/** Later than the day of any usage that is counted. */
const END_OF_DAYS = '9999-12-31';

/**
 * Activates the SIMs in test status that have used as much as their operators allow. Can be repeated: a SIM leaves test status once.
 *
 * The operator is not asked: its SIMs in test status have no bars. One with a test status of its own is asked when the SIM is compared
 * (`use-cases/differences/leave-test.ts`).
 *
 * @param sims as they were read before their usage was counted. Those that are not in test status are skipped.
 * @throws a transient error. The usage is then counted again, which changes nothing, and the SIMs are looked at again.
 */
export async function endTests(partnerId: PartnerId, sims: readonly SimRecord[], now: Date): Promise<void> {
  const tested = sims.filter((sim) => inTestSince(sim) !== undefined);
  for (const [operatorId, ofOperator] of Map.groupBy(tested, (sim) => sim.operatorId)) {
    const limitBytes = (await getOperator(operatorId))?.testStatus?.limitBytes;
    if (limitBytes !== undefined) {
      await pMap(
        ofOperator,
        (sim) =>
          isolateSim(
            sim.iccid,
            () => endTestOf(partnerId, sim, limitBytes, now),
            () => undefined,
          ),
        { concurrency: CONCURRENT_SIMS },
      );
    }
  }
}

async function endTestOf(partnerId: PartnerId, before: SimRecord, limitBytes: number, now: Date): Promise<void> {
  let sim: SimRecord | undefined = before;
  await retryOnConflict(async () => {
    const since = sim && inTestSince(sim);
    if (!sim || since === undefined) {
      return { isEnded: false };
    }
    const used = usedInTest(await simDays(partnerId, sim.iccid, dayOf(since), END_OF_DAYS), since);
    const after = endTest(sim, used, limitBytes, now.toISOString());
    if (!after) {
      return { isEnded: false };
    }
    try {
      await saveSim(partnerId, sim, after, 'sim.activated', { actor: SYSTEM });
    } catch (error) {
      if (!(error instanceof ConditionFailed)) {
        throw error;
      }
      sim = await getSim(partnerId, sim.iccid);
      return undefined;
    }
    logger.info('test status ended', { partnerId, iccid: sim.iccid, used, limitBytes });
    return { isEnded: true };
  });
}
