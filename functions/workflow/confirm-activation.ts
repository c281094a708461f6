import * as z from 'zod/mini';
import { clock } from '../../adapters/clock.ts';
import { keepLateActivation } from '../../adapters/dynamodb/late-activations.ts';
import { getOperation } from '../../adapters/dynamodb/operations.ts';
import { isMovedBy, type SimRecord } from '../../adapters/dynamodb/sims.ts';
import { correlation, logger } from '../../adapters/telemetry/logger.ts';
import { isOperationFinished, type Operation, shardsOf } from '../../domain/operation.ts';
import { isConfirmationOverdue } from '../../domain/sim-actions.ts';
import { operatorOf } from '../../use-cases/operators.ts';
import {
  applyOperatorAnswers,
  askOperators,
  askToActivate,
  byOperator,
  expireActivation,
} from '../../use-cases/sims/activation.ts';
import { conflict } from '../../use-cases/sims/apply-action.ts';
import {
  failed,
  type Outcome,
  openPage,
  type PageWork,
  recordPageResults,
  succeeded,
} from '../../use-cases/sims/process-page.ts';
import { withCounter } from '../../use-cases/sims/result-counter.ts';
import { createTask } from '../background/task.ts';

/** A shard of an operation, which round of asking it is, and how far this round has come. */
const input = z.object({
  partnerId: z.string(),
  operationId: z.string(),
  shard: z.int(),
  round: z.int(),
  from: z.int(),
  waiting: z.int(),
});

const DAY_MS = 86_400_000;

/** How long a page that cannot be worked is tried again, from the start of its operation. */
const RETRY_PAGES_FOR_MS = 7 * DAY_MS;

/** How long late confirmations are believed. */
const LATE_FOR_MS = 90 * DAY_MS;
const LATE_EVERY_MS = 6 * 3_600_000;

const FIRST_WAIT_SECONDS = 30;
const LONGEST_WAIT_SECONDS = 6 * 3600;

/**
 * Asks the operators what became of the SIMs that are being activated, page by page, and records what they say. Those
 * that are neither active nor refused are asked about again, after pauses that grow, until each has its deadline behind it.
 */
export const handler = createTask(input, async ({ partnerId, operationId, shard, round, from, waiting }, hasTime) => {
  const operation = await getOperation(partnerId, operationId);
  if (!operation || isOperationFinished(operation) || operation.dryRun) {
    return { done: true, round, from, waiting, waitSeconds: 0 };
  }
  logger.appendKeys(correlation(operation.planStage?.orderId));
  return withCounter(partnerId, operation, async (counter) => {
    let stillWaiting = waiting;
    for (let page = Math.max(from, shard); page < (operation.pages ?? 0); page += shardsOf(operation)) {
      if (!hasTime()) {
        return { done: false, round, from: page, waiting: stillWaiting, waitSeconds: 0 };
      }
      try {
        const work = await openPage(partnerId, operation, { action: 'activate' }, page, counter);
        stillWaiting += work.open.length === 0 ? 0 : await confirmPage(work, round);
      } catch (error) {
        // One broken page must not delay the others: it is tried again in the next round, for a week.
        if (clock.now().getTime() > Date.parse(startOf(operation)) + RETRY_PAGES_FOR_MS) {
          throw error;
        }
        logger.error('activations of a page not confirmed', { operationId, page, error });
        stillWaiting += 1;
      }
      await counter.countIfDue();
    }
    const waitSeconds = Math.min(FIRST_WAIT_SECONDS * 2 ** round, LONGEST_WAIT_SECONDS);
    return { done: stillWaiting === 0, round: round + 1, from: 0, waiting: 0, waitSeconds };
  });
});

function startOf({ startedAt, createdAt }: Operation): string {
  return startedAt ?? createdAt;
}

/** @returns how many SIMs of the page still await their operator. */
async function confirmPage(work: PageWork, round: number): Promise<number> {
  const { operation } = work;
  const { activating, others } = standingOf(work);
  const { answers } = await askOperators(activating, (operatorId, iccids) => operatorOf(operatorId).simStatus(iccids));
  const barred = activating.filter(({ iccid }) => (answers.get(iccid)?.status ?? 'barred') === 'barred');
  // It never got the request, or lost it. A key of this round's: the first key would repeat the first answer.
  const asked = await askToActivate(barred, `${operation.id}:${work.page.page}:confirm:${round}`);
  for (const [iccid, answer] of asked.answers) {
    answers.set(iccid, answer);
  }
  const settled = await applyOperatorAnswers(work, activating, answers);
  const told = new Set(settled.map(({ result }) => result.iccid));
  const waiting = activating.filter(({ iccid }) => !told.has(iccid));
  const overdue = waiting.filter((sim) => isConfirmationOverdue(sim, startOf(operation), new Date(work.at)));
  const outcomes = [...others, ...settled, ...(overdue.length > 0 ? await giveUpOn(work, overdue) : [])];
  if (outcomes.length > 0) {
    await recordPageResults(work, outcomes);
  }
  return waiting.length - overdue.length;
}

/** The SIMs of a page that await their operator, and what became of those that do so no longer. */
function standingOf({ operation, open, sims }: PageWork): { activating: SimRecord[]; others: Outcome[] } {
  const activating: SimRecord[] = [];
  const others: Outcome[] = [];
  for (const iccid of open) {
    const sim = sims.get(iccid);
    if (!sim || !isMovedBy(sim, operation.id)) {
      others.push(...leftAlone(operation, iccid));
    } else if (sim.state === 'active') {
      others.push(succeeded(iccid, sim));
    } else {
      // Also one that a crash left `assigned` between its step and its result: the operator says why.
      activating.push(sim);
    }
  }
  return { activating, others };
}

/** A cancelled operation did not reach the SIM; otherwise somebody else changed it while it was being activated. */
function leftAlone({ cancelRequestedAt }: Operation, iccid: string): Outcome[] {
  return cancelRequestedAt === undefined ? [failed(iccid, conflict)] : [];
}

/** Past the deadline, the SIMs are assigned again; what the operator says of them later is looked after by a schedule. */
async function giveUpOn(work: PageWork, waiting: readonly SimRecord[]): Promise<Outcome[]> {
  const now = clock.now().getTime();
  for (const [operatorId, sims] of byOperator(waiting)) {
    const late = {
      partnerId: work.partnerId,
      operationId: work.operation.id,
      operatorId,
      iccids: sims.map(({ iccid }) => iccid),
      nextAt: new Date(now + LATE_EVERY_MS).toISOString(),
      until: new Date(now + LATE_FOR_MS).toISOString(),
    };
    await keepLateActivation(late, work.page.page, work.part);
  }
  return Promise.all(waiting.map((sim) => expireActivation(work, sim)));
}
