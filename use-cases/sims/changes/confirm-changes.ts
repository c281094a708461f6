import { clock } from '../../../adapters/clock.ts';
import { storeLateChange } from '../../../adapters/dynamodb/late-changes.ts';
import { getOperation } from '../../../adapters/dynamodb/operations.ts';
import { type SimRecord, wasLastChangedBy } from '../../../adapters/dynamodb/sims.ts';
import { correlation, logger } from '../../../adapters/telemetry/logger.ts';
import { CONFIRMATION_DEADLINE_MS, endOfLateChecks, nextLateCheck } from '../../../domain/deadlines.ts';
import type { OperationId, PartnerId } from '../../../domain/ids.ts';
import {
  hasOneOperator,
  isOperationFinished,
  type Operation,
  operationStart,
  shardsOf,
} from '../../../domain/operation.ts';
import { confirmationPause } from '../../../domain/retry-policies.ts';
import {
  isAfter,
  isConfirmationOverdue,
  isOperatorAction,
  type OperatorAction,
  outcomeOf,
  waitsFor,
} from '../../../domain/sim-changes.ts';
import { SECOND_MS } from '../../../domain/time-units.ts';
import { isReplaced, runOfOperation } from '../../current-execution.ts';
import { isolateSim } from '../isolate-sim.ts';
import { loadSimRequest } from '../load-sim-request.ts';
import {
  newInvocation,
  type Outcome,
  openPage,
  type PageWork,
  recordPageResults,
  secondsUntilTurn,
  succeeded,
} from '../process-page.ts';
import { withResultCounter } from '../result-counter.ts';
import { endsStageRun } from '../stage-limits.ts';
import { applyOperatorAnswers, expireChange } from './apply-operator-answers.ts';
import { askForChange, byOperator, readStatus } from './ask-operators.ts';
import { type AskedOperator, inTurns } from './in-turns.ts';

/**
 * A shard of an operation, the polling round, the page to continue with, and the number of SIMs that wait in earlier pages. `page` has
 * how often this run of the stage has waited for a turn at operators, and whether earlier pages have SIMs that no operator has been
 * asked about.
 */
export type ConfirmationTurn = {
  partnerId: PartnerId;
  operationId: OperationId;
  shard: number;
  round: number;
  from: number;
  waiting: number;
  page?: { turn?: number | undefined; hasUnrequested?: boolean | undefined } | undefined;
  execution?: string | undefined;
};

/** Where the state machine continues, after a pause of `waitSeconds`. */
export type NextConfirmation = {
  done: boolean;
  round: number;
  from: number;
  waiting: number;
  turn?: number;
  hasUnrequested?: boolean;
  waitSeconds: number;
  /** In place of `waitSeconds` when operators serve others first: how long to wait for a turn, in real time. */
  turnSeconds?: number;
};

/**
 * Polls the operators about the SIMs of a shard that they are changing.
 *
 * 1. Requests their status, page by page, and applies the answers.
 * 2. Repeats the request for SIMs that are as before, in case the operator lost it.
 * 3. Reverts SIMs whose deadline has passed. A schedule continues to poll them (`late-changes`).
 * 4. While SIMs wait, the state machine pauses, longer each time, and starts another round. It continues at once when the operator
 *    has not been asked about all SIMs yet. After `TURNS_PER_STAGE_RUN` waits for a turn the shard is reported as done, so that the
 *    stage runs again.
 */
export async function confirmChanges(
  { partnerId, operationId, shard, round, from, waiting, page: last = {}, execution }: ConfirmationTurn,
  hasTime: () => boolean,
): Promise<NextConfirmation> {
  const operation = await getOperation(partnerId, operationId);
  const action = operation?.action;
  const isWaiting = action !== undefined && isOperatorAction(action) && !operation?.dryRun;
  const isOver = !operation || !isWaiting || isOperationFinished(operation);
  if (isOver || (await isReplaced(runOfOperation(partnerId, operation), execution))) {
    return { done: true, round, from, waiting, waitSeconds: 0 };
  }
  logger.appendKeys(correlation(operation.planStage?.orderId));
  const request = await loadSimRequest(partnerId, action, operation.target);
  return withResultCounter(partnerId, operation, async (counter) => {
    let stillWaiting = waiting;
    let hasUnrequested = last.hasUnrequested ?? false;
    const turn = last.turn ?? 0;
    let left: { from: number; waiting: number } | undefined;
    const invocation = newInvocation(hasTime);
    for (let page = Math.max(from, shard); page < (operation.pages ?? 0); page += shardsOf(operation)) {
      if (!hasTime()) {
        const next = left ?? { from: page, waiting: stillWaiting };
        return { done: false, round, ...next, turn, hasUnrequested, waitSeconds: 0 };
      }
      const waitingBefore = stillWaiting;
      try {
        const work = await openPage(partnerId, operation, request, page, counter, invocation);
        const confirmed = await confirmPage(work, action, round);
        stillWaiting += confirmed.waiting;
        hasUnrequested ||= confirmed.unrequested > 0;
        left ??= work.isLeft ? { from: page, waiting: waitingBefore } : undefined;
        if (left && hasOneOperator(operation)) {
          break;
        }
      } catch (error) {
        // A page that fails does not delay the others. It is retried in the next rounds, for a week.
        if (clock.now().getTime() > Date.parse(operationStart(operation)) + CONFIRMATION_DEADLINE_MS) {
          throw error;
        }
        logger.error('changes of a page not confirmed', { operationId, page, error });
        stillWaiting += 1;
      }
      await counter.countIfDue();
    }
    if (left) {
      const seconds = secondsUntilTurn(invocation);
      const done = await endsStageRun(partnerId, operationId, turn + 1);
      return { done, round, ...left, turn: turn + 1, hasUnrequested, waitSeconds: seconds, turnSeconds: seconds };
    }
    const waitSeconds = confirmationPause(round) / SECOND_MS;
    return { done: stillWaiting === 0 || hasUnrequested, round: round + 1, from: 0, waiting: 0, turn, waitSeconds };
  });
}

/** @returns how many SIMs of the page still wait for their operator, and how many it has not been asked about. */
async function confirmPage(
  work: PageWork,
  action: OperatorAction,
  round: number,
): Promise<{ waiting: number; unrequested: number }> {
  const { inProgress, others, unrequested } = await sortOpenSims(work, action);
  const confirmed = await inTurns(
    work,
    inProgress,
    (sims, operator) => confirmSims(work, operator, action, round, sims),
    rotated,
  );
  const outcomes = [...others, ...confirmed];
  if (outcomes.length > 0 || work.newRequests.size > 0) {
    await recordPageResults(work, outcomes);
  }
  return { waiting: inProgress.length - confirmed.length, unrequested };
}

/** From another SIM each time, so that the first ones do not use up the calls of an operator with limits. */
function rotated(sims: readonly SimRecord[]): SimRecord[] {
  const first = Math.floor(Math.random() * sims.length);
  return [...sims.slice(first), ...sims.slice(0, first)];
}

/** @returns the outcomes of SIMs that no longer wait: those that the operator has changed or refused, and those that are overdue. */
async function confirmSims(
  work: PageWork,
  operator: AskedOperator,
  action: OperatorAction,
  round: number,
  sims: readonly SimRecord[],
): Promise<Outcome[]> {
  const { operation } = work;
  const answers = await readStatus(work, operator, action, sims);
  // A SIM without an answer was not asked about, if the turn ended early.
  const asked = sims.filter(({ iccid }) => answers.has(iccid) || !operator.isCut());
  const lost = asked.filter(({ iccid }) => {
    const answer = answers.get(iccid);
    return !answer || outcomeOf(action, answer) === 'not_started';
  });
  // Each round has its own key: a repeated key would only repeat the first answer.
  const key = `${operation.id}:${work.page.page}:confirm:${round}`;
  const repeated = await askForChange(work, operator, action, lost, key);
  const applied = await applyOperatorAnswers(work, action, asked, new Map([...answers, ...repeated]));
  const withOutcome = new Set(applied.map(({ result }) => result.iccid));
  const waiting = asked.filter(({ iccid }) => !withOutcome.has(iccid));
  const overdue = waiting.filter((sim) => isConfirmationOverdue(sim, operationStart(operation), new Date(work.at)));
  return overdue.length > 0 ? [...applied, ...(await expireAll(work, action, overdue))] : applied;
}

/**
 * The open SIMs of a page that wait for their operator, and the outcomes of those that no longer do. The operator has not been
 * asked about the others; those of a cancelled operation stay as they are.
 */
async function sortOpenSims(
  { operation, open, sims }: PageWork,
  action: OperatorAction,
): Promise<{ inProgress: SimRecord[]; others: Outcome[]; unrequested: number }> {
  const inProgress: SimRecord[] = [];
  const others: Outcome[] = [];
  let unrequested = 0;
  for (const iccid of open) {
    const sim = sims.get(iccid);
    if (sim && (await isStillOurs(sim, operation))) {
      if (isAfter(sim, action)) {
        others.push(succeeded(iccid, sim));
      } else {
        // Includes a SIM that a crash left reverted, between its step and its result: the operator repeats its answer.
        inProgress.push(sim);
      }
    } else if (operation.cancelRequestedAt === undefined) {
      unrequested += 1;
    }
  }
  return { inProgress, others, unrequested };
}

/** A broken record does not show which operation changed the SIM last. While the SIM waits, assume that it was this one. */
function isStillOurs(sim: SimRecord, operation: Operation): Promise<boolean> {
  return isolateSim(
    sim.iccid,
    () => wasLastChangedBy(sim, operation.id),
    () => sim.state === 'activating' || waitsFor(sim, operation.id),
  );
}

/** Reverts SIMs whose deadline has passed. Stores them first for the schedule that continues to poll them. */
async function expireAll(work: PageWork, action: OperatorAction, overdue: readonly SimRecord[]): Promise<Outcome[]> {
  const now = clock.now();
  for (const [operatorId, sims] of byOperator(overdue)) {
    const late = {
      partnerId: work.partnerId,
      operationId: work.operation.id,
      operatorId,
      action,
      page: work.page.page,
      iccids: sims.map(({ iccid }) => iccid),
      nextAt: nextLateCheck(now).toISOString(),
      until: endOfLateChecks(now).toISOString(),
    };
    await storeLateChange(late, work.part);
  }
  return Promise.all(overdue.map((sim) => expireChange(work, action, sim)));
}
