import { clock } from '../../../adapters/clock.ts';
import { ConditionFailed } from '../../../adapters/dynamodb/conditions.ts';
import { operatorTraffic } from '../../../adapters/dynamodb/operator-traffic.ts';
import { type SimRecord, wasLastChangedBy } from '../../../adapters/dynamodb/sims.ts';
import type { OperatorId } from '../../../domain/ids.ts';
import { operationStart, operatorDeadlinePassed } from '../../../domain/operation.ts';
import { OperatorUnavailable, type SimAnswer } from '../../../domain/operator-port.ts';
import type { PendingChange, Sim } from '../../../domain/sim.ts';
import { decide, decideOrNotFound, type SimRequest } from '../../../domain/sim-actions.ts';
import {
  changeEvents,
  involvesOperator,
  isOperatorAction,
  type OperatorAction,
  outcomeOf,
  waitsFor,
  withoutChangeOf,
  withPendingChange,
} from '../../../domain/sim-changes.ts';
import { applyAction, applyActionToAll, forEachSim } from '../apply-action.ts';
import { isolateSim } from '../isolate-sim.ts';
import { failed, type Outcome, type PageWork, recordPageResults, succeeded } from '../process-page.ts';
import { conflict, type StepDecision, type StepResult, saveStep } from '../save-step.ts';
import { refusal } from './apply-operator-answers.ts';
import { askForChange, isByHand } from './ask-operators.ts';
import { inTurns } from './in-turns.ts';

/**
 * Puts the SIMs of a page into test status, or unassigns, suspends, resumes or terminates them.
 *
 * 1. Asks the operators to change the SIMs that the rules allow. Only unbarred SIMs need their operator to be unassigned: it bars them.
 * 2. Applies the action to the SIMs that their operators changed, and fails those that they refused. SIMs that their operators
 *    will change later get a pending change and no result yet: `confirm-changes` polls them.
 * 3. Fails the SIMs of an operator that has answered no call for a day.
 *
 * The operator changes a SIM first. After a crash both changes are repeated, and neither takes effect twice.
 *
 * SIMs of an operator that serves others first are left for the next turn.
 *
 * @throws OperatorUnavailable when an operator has not answered yet. The page is then processed again.
 */
export async function requestChange(work: PageWork): Promise<Outcome[]> {
  const { action, dryRun } = work.operation;
  if (!isOperatorAction(action) || action === 'activate' || dryRun) {
    return applyActionToAll(work);
  }
  const toAsk = await simsToChange(work, action);
  const isToAsk = new Set<string>(toAsk.map(({ iccid }) => iccid));
  const others = work.open.filter((iccid) => !isToAsk.has(iccid));
  const outcomes = await forEachSim(others, (iccid) =>
    isWithoutOperator(work, action, iccid)
      ? applyAction(work, iccid)
      : changeOne(work, action, iccid, false, undefined),
  );
  let unanswered = 0;
  const asked = await inTurns(work, toAsk, async (sims, operator) => {
    const iccids = sims.map(({ iccid }) => iccid);
    const answers = await askForChange(work, operator, action, sims, work.key);
    const missing = iccids.filter((iccid) => !answers.has(iccid)).length;
    const isFinal =
      missing === 0 || (!operator.isCut() && (await isGivenUp(work, operator.operatorId, answers.size > 0)));
    unanswered += isFinal || operator.isCut() ? 0 : missing;
    const changed = isFinal ? iccids : iccids.filter((iccid) => answers.has(iccid));
    return forEachSim(changed, (iccid) => changeOne(work, action, iccid, true, answers.get(iccid)));
  });
  outcomes.push(...asked);
  if (unanswered === 0) {
    return outcomes;
  }
  if (outcomes.length > 0) {
    await recordPageResults(work, outcomes);
  }
  throw new OperatorUnavailable(`The operator did not answer for ${unanswered} SIMs. The request is retried.`);
}

/**
 * Whether the operation has waited long enough for SIMs without an answer: for a day since its start if the operator answers about
 * others, and for a day since the operator's last answer if it answers nothing. Waiting for a turn does not count.
 */
async function isGivenUp({ operation }: PageWork, operatorId: OperatorId, answersOthers: boolean): Promise<boolean> {
  const since = answersOthers ? new Date(operationStart(operation)) : await operatorTraffic.silentSince(operatorId);
  return operatorDeadlinePassed(operation, since, clock.now());
}

/** Whether the action on a SIM needs no operator. */
function isWithoutOperator({ sims }: PageWork, action: OperatorAction, iccid: string): boolean {
  const sim = sims.get(iccid);
  return sim !== undefined && !involvesOperator(action, sim);
}

/** The SIMs of a page that the rules allow to change, and whose change the operation has not requested before. */
async function simsToChange(work: PageWork, action: OperatorAction): Promise<SimRecord[]> {
  const { open, sims, request, at } = work;
  const found = await Promise.all(
    open.map(async (iccid) => {
      const sim = sims.get(iccid);
      const mayChange = sim !== undefined && involvesOperator(action, sim) && (await isToChange(sim, request, at));
      return mayChange && !(await wasReverted(work, sim)) ? [sim] : [];
    }),
  );
  return found.flat();
}

/** Whether the rules allow the change of a SIM. A broken record is left to the step that isolates it. */
export function isToChange(sim: SimRecord, request: SimRequest, at: string): Promise<boolean> {
  return isolateSim(
    sim.iccid,
    () => decide(sim, request, at).kind === 'change',
    () => false,
  );
}

/**
 * Whether this operation has reverted the SIM, because the operator did not make the change. `confirm-changes` records the result;
 * another request would start the change again.
 */
function wasReverted({ operation }: PageWork, sim: SimRecord): Promise<boolean> {
  return isolateSim(
    sim.iccid,
    () => wasLastChangedBy(sim, operation.id) && !waitsFor(sim, operation.id),
    () => false,
  );
}

/**
 * @param isAsked whether its operator was asked just now.
 * @returns `undefined` while the SIM waits for its operator.
 */
async function changeOne(
  work: PageWork,
  action: PendingChange['action'],
  iccid: string,
  isAsked: boolean,
  answer: SimAnswer | undefined,
): Promise<Outcome | undefined> {
  const sim = work.sims.get(iccid);
  const isInConfirmation = sim !== undefined && !isAsked && decide(sim, work.request, work.at).kind === 'change';
  if (isInConfirmation || (sim && waitsFor(sim, work.operation.id))) {
    return undefined;
  }
  if (isAsked && !answer) {
    return failed(iccid, {
      code: 'operator_unavailable',
      detail: `The operator did not respond. The SIM is still ${sim?.state}. Retry the operation.`,
    });
  }
  switch (isAsked && answer ? outcomeOf(action, answer) : 'done') {
    case 'refused':
      return failed(iccid, refusal(action, answer));
    case 'done': {
      const result = await saveChange(work, iccid, changeEvents[action].confirmed, isAsked, (_sim, after) => after);
      return outcomeOfSave(work, iccid, isAsked, result);
    }
    default: {
      const wait = (current: Sim) => withPendingChange(current, action, work.operation.id, work.at);
      const result = await saveChange(work, iccid, changeEvents[action].requested, isAsked, wait);
      const isWaiting =
        result !== 'reverted' && 'saved' in result && result.saved && waitsFor(result.saved, work.operation.id);
      return isWaiting ? undefined : outcomeOfSave(work, iccid, isAsked, result);
    }
  }
}

/**
 * Saves a change that the rules allow. A SIM that this operation has changed or reverted before, in a concurrent attempt or before a
 * crash, is left as it is.
 *
 * A termination that the operator has accepted cannot be undone: it ends a change that another operation has begun since the SIM was
 * read. That operation then fails for the SIM.
 *
 * @param isAsked whether the operator was asked just now.
 * @param step the SIM to save, from the current one and from the one that the rules decided on.
 */
async function saveChange(
  { partnerId, operation, request, sims, at }: PageWork,
  iccid: string,
  type: string,
  isAsked: boolean,
  step: (sim: SimRecord, after: Sim) => Sim,
): Promise<StepResult | 'reverted'> {
  let isReverted = false;
  const prevails = isAsked && operation.action === 'terminate';
  const decideStep = (sim: SimRecord | undefined): StepDecision => {
    // A concurrent attempt at the page may have saved the pending change meanwhile.
    const endedId = prevails ? sim?.pendingChange?.operationId : operation.id;
    const decision = decideOrNotFound(sim && withoutChangeOf(sim, endedId ?? operation.id), request, at);
    const isOurs = sim !== undefined && !waitsFor(sim, operation.id) && wasLastChangedBy(sim, operation.id);
    isReverted = isOurs && decision.kind === 'change';
    if (sim && isOurs) {
      return { kind: 'done', sim };
    }
    return sim && decision.kind === 'change' ? { kind: 'change', sim: step(sim, decision.sim) } : decision;
  };
  try {
    const result = await saveStep(partnerId, operation, iccid, sims.get(iccid), type, decideStep);
    return isReverted ? 'reverted' : result;
  } catch (error) {
    if (error instanceof ConditionFailed) {
      return { refused: conflict };
    }
    throw error;
  }
}

/**
 * The outcome of a SIM; `undefined` when another attempt records it. The bars of a SIM that a concurrent request changed while its
 * operator was asked are put right again.
 */
async function outcomeOfSave(
  work: PageWork,
  iccid: string,
  isAsked: boolean,
  result: StepResult | 'reverted',
): Promise<Outcome | undefined> {
  if (result !== 'reverted' && 'saved' in result) {
    return succeeded(iccid, result.saved);
  }
  if (result !== 'reverted' && !isAsked) {
    return failed(iccid, result.refused);
  }
  const operatorId = work.sims.get(iccid)?.operatorId;
  // The staff are not asked before the confirmation.
  if (operatorId === undefined || !(await isByHand(operatorId))) {
    work.barsToRestore.set(iccid, { operationId: work.operation.id, key: work.key });
  }
  return result === 'reverted' ? undefined : failed(iccid, conflict);
}
