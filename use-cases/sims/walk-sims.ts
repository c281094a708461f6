import { clock } from '../../adapters/clock.ts';
import { isTransient } from '../../adapters/dynamodb/failures.ts';
import { positionAfter, saveWalk, simPages, type WalkPage } from '../../adapters/dynamodb/sim-walks.ts';
import { logger } from '../../adapters/telemetry/logger.ts';
import { recordMetric } from '../../adapters/telemetry/metrics.ts';
import type { OperatorId } from '../../domain/ids.ts';
import { OperatorBusy, OperatorUnavailable } from '../../domain/operator-port.ts';
import {
  dueWalk,
  endWalk,
  hoursSinceAllVisited,
  MAX_FAILED_WALK_RUNS,
  RUNS_BEFORE_ISOLATION,
  type SimWalk,
  type WalkPosition,
  type WalkPurpose,
  walkAfterFailure,
  walkTo,
} from '../../domain/sim-walk.ts';

/** What a walk visits, how often, and what it does with the SIMs of a page. */
export type WalkPlan = {
  purpose: WalkPurpose;
  operatorId: OperatorId;
  /** How long after the start of a walk the next one starts, in milliseconds. */
  everyMs: number;
  /** The maximum number of SIMs of a page. A page is visited again when a run crashes in the middle of it. */
  pageSize: number;
  /**
   * Processes SIMs of the operator, all of one partner. Can be called again with the same SIMs.
   *
   * @returns how many of the SIMs were visited, from the first on. Fewer than all end the run: the next one continues with the others.
   * @throws OperatorUnavailable when no SIM was visited. `OperatorBusy` does not count as a failure.
   */
  visit: (page: Pick<WalkPage, 'partnerId' | 'sims'>, walk: SimWalk) => Promise<number>;
};

/**
 * Continues the walk that visits every SIM of an operator, or starts one when it is due. Runs until time is short or the operator does
 * not answer; the next run continues from there.
 *
 * 1. Reads the SIMs page by page, never the whole fleet, and visits each page.
 * 2. Saves the position after each page. Of two concurrent runs, one stops when the other has moved on.
 * 3. A page that fails is visited SIM by SIM: at once when our own code fails, after some runs when the operator does not answer.
 *
 * @param last the walk as read from the table; `undefined` when there has been none.
 * @returns since when every SIM has been visited; `undefined` when that has never been so.
 */
export async function walkSims(
  { visit, ...plan }: WalkPlan,
  last: SimWalk | undefined,
  hasTime: () => boolean,
): Promise<string | undefined> {
  const due = dueWalk(last, plan, clock.now());
  const left = due === undefined ? last : ((await continueWalk({ ...plan, visit }, due, hasTime)) ?? last);
  if (left) {
    recordMetric('HoursSinceAllVisited', hoursSinceAllVisited(left, clock.now()), { purpose: plan.purpose });
  }
  return left?.visitedSince;
}

/** @returns the walk as this run leaves it; `undefined` when another run has moved on with it. */
async function continueWalk(
  { visit, ...plan }: WalkPlan,
  due: SimWalk,
  hasTime: () => boolean,
): Promise<SimWalk | undefined> {
  let walk: SimWalk | undefined = due;
  try {
    for await (const page of simPages(plan.operatorId, walk.position, plan.pageSize)) {
      const { position, skipped } = await visitPage(visit, page, walk);
      walk = await saveWalk(walkTo(walk, position, skipped));
      if (walk === undefined || !hasTime() || position !== page.position) {
        return walk;
      }
    }
    return await saveWalk(endWalk(walk, clock.now()));
  } catch (error) {
    logger.warn('walk stopped', { operatorId: plan.operatorId, purpose: plan.purpose, error });
    return walk && !(error instanceof OperatorBusy) ? await saveWalk(walkAfterFailure(walk)) : walk;
  }
}

/** Where a walk is after a page, and how many of its SIMs were skipped because the operator did not answer. */
type Progress = { position: WalkPosition; skipped: number };

/** @throws the error of an operator or of AWS that may be temporary, when no SIM was visited. */
async function visitPage(visit: WalkPlan['visit'], page: WalkPage, walk: SimWalk): Promise<Progress> {
  const { partnerId, sims, position } = page;
  if (sims.length === 0) {
    return { position, skipped: 0 };
  }
  if ((walk.failures ?? 0) < RUNS_BEFORE_ISOLATION) {
    try {
      const visited = await visit({ partnerId, sims }, walk);
      const next = sims[visited];
      const last = sims[visited - 1];
      return { position: next && last ? positionAfter(partnerId, last.iccid) : position, skipped: 0 };
    } catch (error) {
      if (mayBeTemporary(error)) {
        throw error;
      }
    }
  }
  const failed: { iccid: string; error: unknown }[] = [];
  for (const sim of sims) {
    await visit({ partnerId, sims: [sim] }, walk).catch((error: unknown) => {
      if (error instanceof OperatorBusy) {
        throw error;
      }
      failed.push({ iccid: sim.iccid, error });
    });
  }
  const isOutage = failed.length === sims.length && failed.every(({ error }) => mayBeTemporary(error));
  if (isOutage && (walk.failures ?? 0) + 1 < MAX_FAILED_WALK_RUNS) {
    throw failed[0]?.error;
  }
  const { operatorId, purpose } = walk;
  for (const failure of failed) {
    logger.error('SIM not visited', { operatorId, purpose, partnerId, ...failure });
    recordMetric('AttemptsFailed', 1);
  }
  return { position, skipped: isOutage ? failed.length : 0 };
}

const mayBeTemporary = (error: unknown) => error instanceof OperatorUnavailable || isTransient(error);
