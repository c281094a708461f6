import pMap from 'p-map';
import { getSim, isMovedBy, type SimRecord } from '../../adapters/dynamodb/sims.ts';
import { logger } from '../../adapters/telemetry/logger.ts';
import type { OperatorId } from '../../domain/operator.ts';
import { OperatorUnavailable, type SimAnswer } from '../../domain/operator-port.ts';
import type { Sim } from '../../domain/sim.ts';
import { confirmActivation, revertActivation } from '../../domain/sim-actions.ts';
import { operatorOf } from '../operators.ts';
import { conflict, countedOver, saveIfUnchanged } from './apply-action.ts';
import { failed, type Outcome, type PageWork, succeeded } from './process-page.ts';
import { IN_FLIGHT } from './stage-limits.ts';

/** SIMs grouped by the operator that has to be asked about them. */
export function byOperator(sims: readonly SimRecord[]): Map<OperatorId, SimRecord[]> {
  return Map.groupBy(sims, ({ operatorId }) => operatorId);
}

/**
 * Asks the operators something about SIMs. One that does not answer is left out: its SIMs are asked about again later.
 *
 * @returns the answers by ICCID, and whether every operator answered.
 */
export async function askOperators(
  sims: readonly SimRecord[],
  ask: (operatorId: OperatorId, iccids: string[]) => Promise<SimAnswer[]>,
): Promise<{ answers: Map<string, SimAnswer>; all: boolean }> {
  let all = true;
  const answers = new Map<string, SimAnswer>();
  await Promise.all(
    [...byOperator(sims)].map(async ([operatorId, group]) => {
      try {
        const iccids = group.map(({ iccid }) => iccid);
        for (const answer of await ask(operatorId, iccids)) {
          answers.set(answer.iccid, answer);
        }
      } catch (error) {
        if (!(error instanceof OperatorUnavailable)) {
          throw error;
        }
        all = false;
        logger.warn('operator unavailable', { operatorId, error });
      }
    }),
  );
  return { answers, all };
}

/** Asks that the bars of these SIMs come off. The same key asks the same again, and nothing twice. */
export function askToActivate(sims: readonly SimRecord[], batchKey: string) {
  return askOperators(sims, (operatorId, iccids) =>
    operatorOf(operatorId).activate(`${batchKey}:${operatorId}`, iccids),
  );
}

/** What an operator's final word makes of SIMs that are being activated; those without one are left out. */
export async function applyOperatorAnswers(
  work: PageWork,
  sims: readonly SimRecord[],
  answers: ReadonlyMap<string, SimAnswer>,
): Promise<Outcome[]> {
  const outcomes = await pMap(sims, (sim) => applyOperatorAnswer(work, sim, answers.get(sim.iccid)), {
    concurrency: IN_FLIGHT,
  });
  return outcomes.flatMap((outcome) => outcome ?? []);
}

async function applyOperatorAnswer(
  work: PageWork,
  sim: SimRecord,
  answer: SimAnswer | undefined,
): Promise<Outcome | undefined> {
  switch (answer?.status) {
    case 'active': {
      const active = await saveStep(work, sim, confirmActivation, 'sim.activated');
      return active ? succeeded(sim.iccid, active) : failed(sim.iccid, conflict);
    }
    case 'refused':
    case 'terminated':
      await saveStep(work, sim, revertActivation, 'sim.activation_failed');
      return failed(sim.iccid, {
        code: 'operator_refused',
        detail: answer.reason ?? `The operator refused to activate the SIM. Its status is ${answer.status}.`,
      });
    default:
      return undefined;
  }
}

/** The deadline is over: the SIM is assigned again, and the operator is asked about it from time to time still. */
export async function expireActivation(work: PageWork, sim: SimRecord): Promise<Outcome> {
  await saveStep(work, sim, revertActivation, 'sim.activation_failed');
  return failed(sim.iccid, {
    code: 'operator_unavailable',
    detail: 'The operator did not confirm the activation in time. If it confirms later, the SIM becomes active then.',
  });
}

/**
 * Takes a step on a SIM unless it was taken before; reads the SIM again when somebody else was faster.
 *
 * @returns the SIM after it; `undefined` when another operation has it now.
 */
async function saveStep(
  { partnerId, operation, at }: PageWork,
  sim: SimRecord,
  step: (sim: Sim, at: string) => Sim | undefined,
  type: string,
): Promise<SimRecord | undefined> {
  let current: SimRecord | undefined = sim;
  while (current && isMovedBy(current, operation.id)) {
    const after = step(current, at);
    const saved = after
      ? await saveIfUnchanged(partnerId, current, countedOver(operation, after), type, operation.id)
      : current;
    if (saved) {
      return saved;
    }
    current = await getSim(partnerId, sim.iccid);
  }
  return undefined;
}
