import pMap from 'p-map';
import { clock } from '../../adapters/clock.ts';
import { allOperators } from '../../adapters/dynamodb/operators.ts';
import { readWalks } from '../../adapters/dynamodb/sim-walks.ts';
import type { SimRecord } from '../../adapters/dynamodb/sims.ts';
import { readUsageProgress, saveCompleteUntil } from '../../adapters/dynamodb/usage-progress.ts';
import { logger } from '../../adapters/telemetry/logger.ts';
import { daysBetween } from '../../domain/calendar-day.ts';
import type { OperatorId } from '../../domain/ids.ts';
import { usageReportOf } from '../../domain/operator-capabilities.ts';
import type { SimWalk } from '../../domain/sim-walk.ts';
import { HOUR_MS } from '../../domain/time-units.ts';
import { daysToAsk, mayHaveUsed } from '../../domain/usage-window.ts';
import { askInTurns } from '../ask-in-turns.ts';
import { type WalkPlan, walkSims } from '../sims/walk-sims.ts';
import { countTotals, type TotalsAnswer } from './count-totals.ts';

/**
 * How often a walk over an operator's SIMs starts. Twice a day: a SIM is asked for within 24 hours even if one walk takes twelve hours
 * longer than the one before.
 */
const TOTALS_EVERY_MS = 12 * HOUR_MS;

/** The number of SIMs that are counted together. Their days and sums fit into one transaction. */
const PAGE_SIZE = 20;

/** The number of SIMs in a call of the port. The remaining time is checked before the next one. */
const ASKED_TOGETHER = 5;

/** Operators that are asked concurrently. None waits for another. */
const CONCURRENT_OPERATORS = 8;

/**
 * Collects the usage of every operator that reports totals of SIMs and days, and counts it.
 *
 * 1. Walks over all SIMs of each operator, twice a day.
 * 2. Asks for the days since the last walk; once a day also for the days before, to find late usage and corrections.
 * 3. Counts the totals in place of what was counted before.
 * 4. Stores when the last walk that reached every SIM started: until then the operator's usage is in.
 */
export async function collectTotals(hasTime: () => boolean): Promise<void> {
  const operators = (await allOperators()).filter((operator) => usageReportOf(operator) === 'totals');
  if (operators.length === 0) {
    return;
  }
  const [walks, progress] = await Promise.all([readWalks('usage'), readUsageProgress()]);
  await pMap(
    operators,
    async ({ id: operatorId }) => {
      const visit = visitorOf(operatorId, hasTime);
      const plan: WalkPlan = { purpose: 'usage', operatorId, everyMs: TOTALS_EVERY_MS, pageSize: PAGE_SIZE, visit };
      const visitedSince = await walkSims(plan, walks.get(operatorId), hasTime);
      if (visitedSince !== undefined && visitedSince !== progress.get(operatorId)?.completeUntil) {
        await saveCompleteUntil(operatorId, visitedSince);
      }
    },
    { concurrency: CONCURRENT_OPERATORS },
  );
}

/** Asks for the totals of a page's SIMs until time is short or the operator does not answer, and counts the answers. */
function visitorOf(operatorId: OperatorId, hasTime: () => boolean): WalkPlan['visit'] {
  return async ({ partnerId, sims }, walk) => {
    const answers: TotalsAnswer[] = [];
    let visited = 0;
    let failure: unknown;
    while (visited < sims.length && (visited === 0 || hasTime())) {
      const batch = sims.slice(visited, visited + ASKED_TOGETHER);
      try {
        answers.push(await totalsOf(operatorId, batch, walk, hasTime));
      } catch (error) {
        failure = error;
        break;
      }
      visited += batch.length;
    }
    await countTotals(partnerId, answers, clock.now());
    if (visited === 0 && failure !== undefined) {
      throw failure;
    }
    return visited;
  };
}

async function totalsOf(
  operatorId: OperatorId,
  sims: readonly SimRecord[],
  walk: SimWalk,
  hasTime: () => boolean,
): Promise<TotalsAnswer> {
  const askedAt = clock.now();
  const { from, to } = daysToAsk(walk, askedAt);
  const asked = sims.filter((sim) => mayHaveUsed(sim, from));
  const iccids = new Set(asked.map(({ iccid }): string => iccid));
  // A platform that answers one sum for a call takes one for each day, and one for all of them.
  const callsPerSim = daysBetween(from, to).length + 1;
  const answered = await askInTurns(
    operatorId,
    `usage:${operatorId}`,
    [...iccids],
    hasTime,
    (operator, some) => operator.usageTotals(some, from, to),
    callsPerSim,
  );
  const totals = answered.filter(({ iccid, day }) => iccids.has(iccid) && from <= day && day <= to);
  if (totals.length < answered.length) {
    logger.warn('totals that were not asked for', { operatorId, totals: answered.length - totals.length });
  }
  return { sims: asked, totals, askedAt };
}
