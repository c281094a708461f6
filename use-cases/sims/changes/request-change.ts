import { clock } from '../../../adapters/clock.ts';
import { ConditionFailed } from '../../../adapters/dynamodb/conditions.ts';
import { type SimRecord, wasLastChangedBy } from '../../../adapters/dynamodb/sims.ts';
import { operatorDeadlinePassed } from '../../../domain/operation.ts';
import { OperatorUnavailable, type SimAnswer } from '../../../domain/operator-port.ts';
import type { PendingChange, Sim } from '../../../domain/sim.ts';
import { decide, decideOrNotFound } from '../../../domain/sim-actions.ts';
import {
  changeEvents,
  isOperatorAction,
  outcomeOf,
  waitsFor,
  withoutChangeOf,
  withPendingChange,
} from '../../../domain/sim-changes.ts';
import { applyActionToAll, forEachSim } from '../apply-action.ts';
import { failed, type Outcome, type PageWork, recordPageResults, succeeded } from '../process-page.ts';
import { conflict, type StepDecision, type StepResult, saveStep } from '../save-step.ts';
import { refusal } from './apply-operator-answers.ts';
import { askForChange } from './ask-operators.ts';
import { restoreBars } from './restore-bars.ts';

/**
 * Unassigns, suspends, resumes or terminates the SIMs of a page.
 *
 * 1. Asks the operators to change the SIMs that the rules allow. Unassigning does not involve operators.
 * 2. Applies the action to the SIMs that their operators changed, and fails those that they refused. SIMs that their operators
 *    will change later get a pending change and no result yet: `confirm-changes` polls them.
 * 3. Fails the SIMs of an operator that has not answered for a day.
 *
 * The operator changes a SIM first. After a crash both changes are repeated, and neither takes effect twice.
 *
 * @throws OperatorUnavailable when an operator has not answered yet. The page is then processed again.
 */
export async function requestChange(work: PageWork): Promise<Outcome[]> {
  const { action, dryRun } = work.operation;
  if (!isOperatorAction(action) || action === 'activate' || dryRun) {
    return applyActionToAll(work);
  }
  const asked = simsToChange(work);
  const answers = await askForChange(work, action, asked, work.key);
  const change = (iccids: readonly string[]) =>
    forEachSim(iccids, (iccid) => changeOne(work, action, iccid, answers.get(iccid)));
  const unanswered = new Set<string>(asked.map(({ iccid }) => iccid).filter((iccid) => !answers.has(iccid)));
  if (unanswered.size === 0 || operatorDeadlinePassed(work.operation, clock.now())) {
    return change(work.open);
  }
  const answered = work.open.filter((iccid) => !unanswered.has(iccid));
  if (answered.length > 0) {
    await recordPageResults(work, await change(answered));
  }
  throw new OperatorUnavailable(`The operator did not answer for ${unanswered.size} SIMs. The request is retried.`);
}

/** The SIMs of a page that the rules allow to change, which excludes SIMs that wait for their operator. */
function simsToChange({ open, sims, request, at }: PageWork): SimRecord[] {
  return open.flatMap((iccid) => {
    const sim = sims.get(iccid);
    return sim && decide(sim, request, at).kind === 'change' ? [sim] : [];
  });
}

/** @returns `undefined` while the SIM waits for its operator. */
async function changeOne(
  work: PageWork,
  action: PendingChange['action'],
  iccid: string,
  answer: SimAnswer | undefined,
): Promise<Outcome | undefined> {
  const sim = work.sims.get(iccid);
  if (sim && waitsFor(sim, work.operation.id)) {
    return undefined;
  }
  const isAsked = sim !== undefined && decide(sim, work.request, work.at).kind === 'change';
  if (isAsked && !answer) {
    return failed(iccid, {
      code: 'operator_unavailable',
      detail: `The operator did not respond. The SIM is still ${sim.state}. Retry the operation.`,
    });
  }
  switch (isAsked && answer ? outcomeOf(action, answer) : 'done') {
    case 'refused':
      return failed(iccid, refusal(action, answer));
    case 'done': {
      const result = await saveChange(work, iccid, changeEvents[action].confirmed, (_sim, after) => after);
      return outcomeOfSave(work, iccid, isAsked, result);
    }
    default: {
      const wait = (current: Sim) => withPendingChange(current, action, work.operation.id, work.at);
      const result = await saveChange(work, iccid, changeEvents[action].requested, wait);
      const isWaiting = 'saved' in result && result.saved && waitsFor(result.saved, work.operation.id);
      return isWaiting ? undefined : outcomeOfSave(work, iccid, isAsked, result);
    }
  }
}

/**
 * Saves a change that the rules allow. A SIM that this operation has changed before a crash is left as it is.
 *
 * @param step the SIM to save, from the current one and from the one that the rules decided on.
 */
async function saveChange(
  { partnerId, operation, request, sims, at }: PageWork,
  iccid: string,
  type: string,
  step: (sim: SimRecord, after: Sim) => Sim,
): Promise<StepResult> {
  const decideStep = (sim: SimRecord | undefined): StepDecision => {
    // A concurrent attempt at the page may have saved the pending change meanwhile.
    const decision = decideOrNotFound(sim && withoutChangeOf(sim, operation.id), request, at);
    if (sim && decision.kind !== 'change' && wasLastChangedBy(sim, operation.id)) {
      return { kind: 'done', sim };
    }
    return sim && decision.kind === 'change' ? { kind: 'change', sim: step(sim, decision.sim) } : decision;
  };
  try {
    return await saveStep(partnerId, operation, iccid, sims.get(iccid), type, decideStep);
  } catch (error) {
    if (error instanceof ConditionFailed) {
      return { refused: conflict };
    }
    throw error;
  }
}

/** The outcome of a SIM. The bars of a SIM that a concurrent request changed while its operator was asked are put right again. */
async function outcomeOfSave(work: PageWork, iccid: string, isAsked: boolean, result: StepResult): Promise<Outcome> {
  if ('saved' in result) {
    return succeeded(iccid, result.saved);
  }
  if (!isAsked) {
    return failed(iccid, result.refused);
  }
  await restoreBars(work.partnerId, iccid, { operationId: work.operation.id, key: work.key });
  return failed(iccid, conflict);
}
