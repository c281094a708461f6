import pMap from 'p-map';
import type { SimRecord } from '../../../adapters/dynamodb/sims.ts';
import type { SimAnswer } from '../../../domain/operator-port.ts';
import type { Sim } from '../../../domain/sim.ts';
import { barReason, hasEnded } from '../../../domain/sim-actions.ts';
import {
  changeEvents,
  confirmChange,
  type OperatorAction,
  operatorVerb,
  outcomeOf,
  revertChange,
} from '../../../domain/sim-changes.ts';
import { isolateSim } from '../isolate-sim.ts';
import { failed, type Outcome, type PageWork, succeeded } from '../process-page.ts';
import { continueStep, type StepResult, saveStep } from '../save-step.ts';
import { WRITES_IN_FLIGHT } from '../stage-limits.ts';
import type { Answers } from './ask-operators.ts';

/**
 * Changes the SIMs that their operators changed, and reverts those that they refused.
 *
 * @returns the outcomes of these SIMs. SIMs without a final answer, and SIMs that fail, have no outcome yet and are polled
 *   again.
 */
export async function applyOperatorAnswers(
  work: PageWork,
  action: OperatorAction,
  sims: readonly SimRecord[],
  answers: Answers,
): Promise<Outcome[]> {
  const outcomes = await pMap(
    sims,
    (sim) =>
      isolateSim(
        sim.iccid,
        () => applyOperatorAnswer(work, action, sim, answers.get(sim.iccid)),
        () => undefined,
      ),
    { concurrency: WRITES_IN_FLIGHT },
  );
  return outcomes.flatMap((outcome) => outcome ?? []);
}

async function applyOperatorAnswer(
  work: PageWork,
  action: OperatorAction,
  sim: SimRecord,
  answer: SimAnswer | undefined,
): Promise<Outcome | undefined> {
  switch (answer && outcomeOf(action, answer)) {
    case 'done':
      return hasEnded(work.operation.target, work.at) ? undoEnded(work, action, sim) : applyChange(work, action, sim);
    case 'refused':
      await continueChange(work, sim, revertChange, changeEvents[action].failed);
      return failed(sim.iccid, refusal(action, answer));
    default:
      return undefined;
  }
}

async function applyChange(work: PageWork, action: OperatorAction, sim: SimRecord): Promise<Outcome> {
  const reason = barReason(work.operation.target);
  const confirm = (current: Sim, at: string) => confirmChange(current, action, reason, at);
  const result = await continueChange(work, sim, confirm, changeEvents[action].confirmed);
  return 'refused' in result ? failed(sim.iccid, result.refused) : succeeded(sim.iccid, result.saved);
}

/** Reverts a suspension that was confirmed after its end: its bar must not stay. */
async function undoEnded(work: PageWork, action: OperatorAction, sim: SimRecord): Promise<Outcome> {
  await continueChange(work, sim, revertChange, changeEvents[action].failed);
  work.barsToRestore.set(sim.iccid, { operationId: work.operation.id, key: work.key });
  return succeeded(sim.iccid);
}

/** The result of a SIM whose operator refused a change. */
export function refusal(action: OperatorAction, answer: SimAnswer | undefined) {
  return {
    code: 'operator_refused',
    detail:
      answer?.reason ?? `The operator refused to ${operatorVerb[action]} the SIM. Its status is ${answer?.status}.`,
  } as const;
}

/**
 * Reverts a SIM whose operator has not answered by the deadline. A later confirmation is still accepted (`late-changes`).
 * A SIM with a broken record gets the same result; `late-changes` dead-letters it.
 */
export async function expireChange(work: PageWork, action: OperatorAction, sim: SimRecord): Promise<Outcome> {
  await isolateSim(
    sim.iccid,
    () => continueChange(work, sim, revertChange, changeEvents[action].failed),
    () => undefined,
  );
  return failed(sim.iccid, {
    code: 'operator_unavailable',
    detail: `The operator did not confirm in time that it would ${operatorVerb[action]} the SIM. If it confirms later, the SIM changes then.`,
  });
}

function continueChange(
  { partnerId, operation, at }: PageWork,
  sim: SimRecord,
  step: (sim: Sim, at: string) => Sim | undefined,
  type: string,
): Promise<StepResult> {
  return saveStep(partnerId, operation, sim.iccid, sim, type, (current) =>
    continueStep(operation, current, (sim) => step(sim, at)),
  );
}
