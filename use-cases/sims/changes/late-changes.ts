import {
  getLateChange,
  type LateChangeKey,
  postponeLateChange,
  separateLateChange,
} from '../../../adapters/dynamodb/late-changes.ts';
import { requestsOfPage } from '../../../adapters/dynamodb/manifests.ts';
import { getOperation } from '../../../adapters/dynamodb/operations.ts';
import { serviceCountWrites } from '../../../adapters/dynamodb/services.ts';
import { getSims, type SimRecord, wasLastChangedBy } from '../../../adapters/dynamodb/sims.ts';
import { correlation, logger } from '../../../adapters/telemetry/logger.ts';
import { nextLateCheck } from '../../../domain/deadlines.ts';
import type { LateChange } from '../../../domain/late-change.ts';
import type { OperationTarget } from '../../../domain/operation.ts';
import { OperatorUnavailable, type SimAnswer } from '../../../domain/operator-port.ts';
import { serviceCountChanges } from '../../../domain/service-counts.ts';
import { barReason, hasEnded } from '../../../domain/sim-actions.ts';
import { barsExpected, changeEvents, confirmChange, operatorVerb, outcomeOf } from '../../../domain/sim-changes.ts';
import { askInTurns } from '../../ask-in-turns.ts';
import { continueStep, type StepDecision, saveStep } from '../save-step.ts';
import { isByHand } from './ask-operators.ts';
import { readTasks } from './manual-changes.ts';
import { restoreAllBars } from './restore-bars.ts';

/**
 * Polls an operator about changes that it did not confirm by the deadline.
 *
 * 1. Requests the status of the SIMs.
 * 2. Changes a SIM that the operator has changed, unless another operation has changed it since or a suspension is no longer
 *    wanted; then the operator is asked to put its bars right. A termination cannot be undone and always counts.
 * 3. Polls the other SIMs again later, until the period for late confirmations ends.
 *
 * A SIM that fails is moved to an item of its own, so that it does not delay the others.
 */
export async function checkLateChange(key: LateChangeKey, now: Date): Promise<void> {
  const late = await getLateChange(key);
  if (!late) {
    return;
  }
  const { partnerId, operationId, operatorId, iccids } = late;
  const nextAt = nextLateCheck(now).toISOString();
  try {
    const answers = await statusOf(late);
    const sims = await getSims(partnerId, iccids);
    const { toRestore, pending, broken } = await acceptLateChanges(late, answers, sims, now);
    const restoreKey = `${operationId}:late:${now.toISOString()}`;
    const unanswered = await restoreAllBars(partnerId, toRestore, { operationId, key: restoreKey });
    for (const iccid of broken) {
      await separateLateChange(late, key, iccid, nextAt);
    }
    const isOver = now.toISOString() >= late.until;
    await postponeLateChange(key, isOver ? [] : [...pending, ...unanswered], nextAt);
  } catch (error) {
    if (!(error instanceof OperatorUnavailable)) {
      throw error;
    }
    logger.warn('operator unavailable', { ...correlation(operationId), operatorId, error });
    await postponeLateChange(key, iccids, nextAt);
  }
}

/** How long to wait for a turn at a busy operator, in milliseconds of real time. Then the change is checked hours later. */
const PATIENCE_MS = 30_000;

function patience(): () => boolean {
  const until = performance.now() + PATIENCE_MS;
  return () => performance.now() < until;
}

async function statusOf(late: LateChange): Promise<Map<string, SimAnswer>> {
  const { operatorId, iccids } = late;
  const answers = (await isByHand(operatorId))
    ? (await readTasks(late, late.page, iccids)).answers
    : await askInTurns(
        operatorId,
        `late:${late.operationId}:${late.page}:${iccids[0]}`,
        iccids,
        patience(),
        async (operator, some) => operator.simStatus(some, { requestIds: await requestsOfPage(late, late.page) }),
      );
  return new Map(answers.map((answer) => [answer.iccid, answer]));
}

/**
 * Changes the SIMs whose change the operator confirmed late.
 *
 * @returns the SIMs whose bars must be put right, those that are still unconfirmed, and those that failed.
 * @throws the error of the SIM if it is the only one, so that its item is retried and eventually dead-lettered.
 */
async function acceptLateChanges(
  late: LateChange,
  answers: ReadonlyMap<string, SimAnswer>,
  sims: ReadonlyMap<string, SimRecord>,
  now: Date,
): Promise<{ toRestore: SimRecord[]; pending: string[]; broken: string[] }> {
  const toRestore: SimRecord[] = [];
  const pending: string[] = [];
  const broken: string[] = [];
  const target = (await getOperation(late.partnerId, late.operationId))?.target ?? {};
  for (const iccid of late.iccids) {
    const sim = sims.get(iccid);
    const answer = answers.get(iccid);
    const isDone = answer !== undefined && outcomeOf(late.action, answer) === 'done';
    try {
      if (sim && isDone) {
        toRestore.push(...(await acceptLateChange(late, target, sim, now.toISOString())));
      } else if (sim && wasLastChangedBy(sim, late.operationId)) {
        pending.push(iccid);
      }
    } catch (error) {
      if (late.iccids.length === 1) {
        throw error;
      }
      logger.error('late change of a SIM failed', { ...correlation(late.operationId), iccid, error });
      broken.push(iccid);
    }
  }
  return { toRestore, pending, broken };
}

/** @returns the SIM if its bars at the operator are not as they must be. */
async function acceptLateChange(
  { partnerId, operationId, action }: LateChange,
  target: OperationTarget,
  sim: SimRecord,
  at: string,
): Promise<SimRecord[]> {
  let last: SimRecord | undefined = sim;
  const operation = { id: operationId };
  const reason = barReason(target);
  const decide = (current: SimRecord | undefined): StepDecision => {
    last = current;
    if (hasEnded(target, at)) {
      return { kind: 'unchanged' };
    }
    if (action === 'terminate') {
      const after = current && confirmChange(current, action, reason, at);
      return after ? { kind: 'change', sim: after } : { kind: 'unchanged' };
    }
    return continueStep(operation, current, (waiting) => confirmChange(waiting, action, reason, at));
  };
  const result = await saveStep(partnerId, operation, sim.iccid, sim, changeEvents[action].confirmed, decide, (saved) =>
    serviceCountWrites(partnerId, serviceCountChanges(action, [saved]), at),
  );
  const current = ('saved' in result ? result.saved : undefined) ?? last;
  const expected = current && barsExpected(current);
  return current && expected !== undefined && expected !== (operatorVerb[action] === 'suspend') ? [current] : [];
}
