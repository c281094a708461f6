import { clock } from '../../../adapters/clock.ts';
import { storeLateActivation } from '../../../adapters/dynamodb/late-activations.ts';
import { getOperation } from '../../../adapters/dynamodb/operations.ts';
import { type SimRecord, wasLastChangedBy } from '../../../adapters/dynamodb/sims.ts';
import { correlation, logger } from '../../../adapters/telemetry/logger.ts';
import { ACTIVATION_DEADLINE_MS, endOfLateActivation, nextLateActivationCheck } from '../../../domain/deadlines.ts';
import type { OperationId, PartnerId } from '../../../domain/ids.ts';
import { isOperationFinished, type Operation, shardsOf } from '../../../domain/operation.ts';
import { confirmationPause } from '../../../domain/retry-policies.ts';
import { isConfirmationOverdue } from '../../../domain/sim-actions.ts';
import { SECOND_MS } from '../../../domain/time-units.ts';
import { operatorOf } from '../../operator-gateway.ts';
import { askOperators, byOperator } from '../ask-operators.ts';
import { isolateSim } from '../isolate-sim.ts';
import { failed, type Outcome, openPage, type PageWork, recordPageResults, succeeded } from '../process-page.ts';
import { withResultCounter } from '../result-counter.ts';
import { conflict } from '../save-step.ts';
import { applyOperatorAnswers, expireActivation } from './apply-operator-answers.ts';
import { askToActivate } from './request-activation.ts';

/** A shard of an operation, the polling round, the page to continue with, and the number of SIMs that wait in earlier pages. */
export type ConfirmationTurn = {
  partnerId: PartnerId;
  operationId: OperationId;
  shard: number;
  round: number;
  from: number;
  waiting: number;
};

/** Where the state machine continues, after a pause of `waitSeconds`. */
export type NextConfirmation = {
  done: boolean;
  round: number;
  from: number;
  waiting: number;
  waitSeconds: number;
};

/**
 * Polls the operators about the SIMs of a shard that are being activated.
 *
 * 1. Requests their status, page by page, and applies the answers.
 * 2. Repeats the activation request for SIMs that are still barred, in case the operator lost it.
 * 3. Reverts SIMs whose deadline has passed. A schedule continues to poll them (`late-activations`).
 * 4. While SIMs wait, the state machine pauses, longer each time, and starts another round.
 */
export async function confirmActivations(
  { partnerId, operationId, shard, round, from, waiting }: ConfirmationTurn,
  hasTime: () => boolean,
): Promise<NextConfirmation> {
  const operation = await getOperation(partnerId, operationId);
  if (!operation || isOperationFinished(operation) || operation.dryRun) {
    return { done: true, round, from, waiting, waitSeconds: 0 };
  }
  logger.appendKeys(correlation(operation.planStage?.orderId));
  return withResultCounter(partnerId, operation, async (counter) => {
    let stillWaiting = waiting;
    for (let page = Math.max(from, shard); page < (operation.pages ?? 0); page += shardsOf(operation)) {
      if (!hasTime()) {
        return { done: false, round, from: page, waiting: stillWaiting, waitSeconds: 0 };
      }
      try {
        const work = await openPage(partnerId, operation, { action: 'activate' }, page, counter);
        stillWaiting += work.open.length === 0 ? 0 : await confirmPage(work, round);
      } catch (error) {
        // A page that fails does not delay the others. It is retried in the next rounds, for a week.
        if (clock.now().getTime() > Date.parse(startOf(operation)) + ACTIVATION_DEADLINE_MS) {
          throw error;
        }
        logger.error('activations of a page not confirmed', { operationId, page, error });
        stillWaiting += 1;
      }
      await counter.countIfDue();
    }
    const waitSeconds = confirmationPause(round) / SECOND_MS;
    return { done: stillWaiting === 0, round: round + 1, from: 0, waiting: 0, waitSeconds };
  });
}

const startOf = ({ startedAt, createdAt }: Operation) => startedAt ?? createdAt;

/** @returns how many SIMs of the page still wait for their operator. */
async function confirmPage(work: PageWork, round: number): Promise<number> {
  const { operation } = work;
  const { activating, others } = await sortOpenSims(work);
  const answers = await askOperators(activating, (operatorId, iccids) => operatorOf(operatorId).simStatus(iccids));
  const barred = activating.filter(({ iccid }) => (answers.get(iccid)?.status ?? 'barred') === 'barred');
  // Each round has its own key: a repeated key would only repeat the first answer.
  const repeated = await askToActivate(barred, `${operation.id}:${work.page.page}:confirm:${round}`);
  const applied = await applyOperatorAnswers(work, activating, new Map([...answers, ...repeated]));
  const withOutcome = new Set(applied.map(({ result }) => result.iccid));
  const waiting = activating.filter(({ iccid }) => !withOutcome.has(iccid));
  const overdue = waiting.filter((sim) => isConfirmationOverdue(sim, startOf(operation), new Date(work.at)));
  const outcomes = [...others, ...applied, ...(overdue.length > 0 ? await expireAll(work, overdue) : [])];
  if (outcomes.length > 0) {
    await recordPageResults(work, outcomes);
  }
  return waiting.length - overdue.length;
}

/** The open SIMs of a page that wait for their operator, and the outcomes of those that no longer do. */
async function sortOpenSims({
  operation,
  open,
  sims,
}: PageWork): Promise<{ activating: SimRecord[]; others: Outcome[] }> {
  const activating: SimRecord[] = [];
  const others: Outcome[] = [];
  for (const iccid of open) {
    const sim = sims.get(iccid);
    if (!sim || !(await isStillOurs(sim, operation))) {
      others.push(...outcomeOfOtherChange(operation, iccid));
    } else if (sim.state === 'active') {
      others.push(succeeded(iccid, sim));
    } else {
      // Includes a SIM that a crash left `assigned`, between its step and its result: the operator repeats its answer.
      activating.push(sim);
    }
  }
  return { activating, others };
}

/** A broken record does not show which operation changed the SIM last. Until the deadline, assume that it was this one. */
function isStillOurs(sim: SimRecord, operation: Operation): Promise<boolean> {
  return isolateSim(
    sim.iccid,
    () => wasLastChangedBy(sim, operation.id),
    () => true,
  );
}

/** Without a cancellation, another operation changed the SIM during its activation. A cancelled operation never reached it. */
function outcomeOfOtherChange({ cancelRequestedAt }: Operation, iccid: string): Outcome[] {
  return cancelRequestedAt === undefined ? [failed(iccid, conflict)] : [];
}

/** Reverts SIMs whose deadline has passed. Stores them first for the schedule that continues to poll them. */
async function expireAll(work: PageWork, overdue: readonly SimRecord[]): Promise<Outcome[]> {
  const now = clock.now();
  for (const [operatorId, sims] of byOperator(overdue)) {
    const late = {
      partnerId: work.partnerId,
      operationId: work.operation.id,
      operatorId,
      iccids: sims.map(({ iccid }) => iccid),
      nextAt: nextLateActivationCheck(now).toISOString(),
      until: endOfLateActivation(now).toISOString(),
    };
    await storeLateActivation(late, work.page.page, work.part);
  }
  return Promise.all(overdue.map((sim) => expireActivation(work, sim)));
}
