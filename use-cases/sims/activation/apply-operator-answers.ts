import pMap from 'p-map';
import type { SimRecord } from '../../../adapters/dynamodb/sims.ts';
import type { SimAnswer } from '../../../domain/operator-port.ts';
import type { Sim } from '../../../domain/sim.ts';
import { confirmActivation, revertActivation } from '../../../domain/sim-actions.ts';
import { isolateSim } from '../isolate-sim.ts';
import { failed, type Outcome, type PageWork, succeeded } from '../process-page.ts';
import { continueStep, type StepResult, saveStep } from '../save-step.ts';
import { WRITES_IN_FLIGHT } from '../stage-limits.ts';

/**
 * Activates the SIMs that their operators confirmed, and reverts those that they refused.
 *
 * @returns the outcomes of these SIMs. SIMs without a final answer, and SIMs that fail, have no outcome yet and are polled
 *   again.
 */
export async function applyOperatorAnswers(
  work: PageWork,
  sims: readonly SimRecord[],
  answers: ReadonlyMap<string, SimAnswer>,
): Promise<Outcome[]> {
  const outcomes = await pMap(
    sims,
    (sim) =>
      isolateSim(
        sim.iccid,
        () => applyOperatorAnswer(work, sim, answers.get(sim.iccid)),
        () => undefined,
      ),
    { concurrency: WRITES_IN_FLIGHT },
  );
  return outcomes.flatMap((outcome) => outcome ?? []);
}

async function applyOperatorAnswer(
  work: PageWork,
  sim: SimRecord,
  answer: SimAnswer | undefined,
): Promise<Outcome | undefined> {
  switch (answer?.status) {
    case 'active': {
      const result = await continueActivation(work, sim, confirmActivation, 'sim.activated');
      return 'refused' in result ? failed(sim.iccid, result.refused) : succeeded(sim.iccid, result.saved);
    }
    case 'refused':
    case 'terminated':
      await continueActivation(work, sim, revertActivation, 'sim.activation_failed');
      return failed(sim.iccid, {
        code: 'operator_refused',
        detail: answer.reason ?? `The operator refused to activate the SIM. Its status is ${answer.status}.`,
      });
    default:
      return undefined;
  }
}

/**
 * Reverts a SIM whose operator has not answered by the deadline. A later confirmation is still accepted (`late-activations`).
 * A SIM with a broken record gets the same result; `late-activations` dead-letters it.
 */
export async function expireActivation(work: PageWork, sim: SimRecord): Promise<Outcome> {
  await isolateSim(
    sim.iccid,
    () => continueActivation(work, sim, revertActivation, 'sim.activation_failed'),
    () => undefined,
  );
  return failed(sim.iccid, {
    code: 'operator_unavailable',
    detail: 'The operator did not confirm the activation in time. If it confirms later, the SIM becomes active then.',
  });
}

function continueActivation(
  { partnerId, operation, at }: PageWork,
  sim: SimRecord,
  step: (sim: Sim, at: string) => Sim | undefined,
  type: string,
): Promise<StepResult> {
  return saveStep(partnerId, operation, sim.iccid, sim, type, (current) =>
    continueStep(operation, current, (sim) => step(sim, at)),
  );
}
