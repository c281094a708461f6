import { ConditionFailed } from '../../adapters/dynamodb/conditions.ts';
import { retryOnConflict } from '../../adapters/dynamodb/retry-on-conflict.ts';
import { getSim, type SimRecord, saveSim, wasLastChangedBy } from '../../adapters/dynamodb/sims.ts';
import type { Write } from '../../adapters/dynamodb/write-requests.ts';
import type { PartnerId } from '../../domain/ids.ts';
import type { Operation } from '../../domain/operation.ts';
import type { Sim } from '../../domain/sim.ts';
import type { SimProblem } from '../../domain/sim-actions.ts';
import { isUnbarred } from '../../domain/sim-changes.ts';

/** The decision about a SIM: save a change, do nothing (it is in the requested state, or was changed before), or refuse. */
export type StepDecision =
  | { kind: 'change'; sim: Sim }
  | { kind: 'unchanged' }
  | { kind: 'done'; sim: SimRecord }
  | { kind: 'refused'; problem: SimProblem };

/** The result of a step: the saved SIM (`undefined` when nothing had to change), or the refusal. */
export type StepResult = { saved: SimRecord | undefined } | { refused: SimProblem };

export const conflict = {
  code: 'conflict',
  detail: 'The SIM was repeatedly changed by concurrent requests. Retry the operation.',
} as const;

/**
 * Applies the rules to a SIM and saves the change in one conditional write. When another writer was faster, reads the SIM
 * again and decides again.
 *
 * @param before the SIM as it was read; `undefined` when it does not exist.
 * @param type the event in the SIM's timeline.
 * @param also writes that belong to the change, in the same transaction.
 * @throws ConditionFailed when other writers were faster each time.
 */
export async function saveStep(
  partnerId: PartnerId,
  operation: StepOperation,
  iccid: string,
  before: SimRecord | undefined,
  type: string,
  decide: (sim: SimRecord | undefined) => StepDecision,
  also?: (saved: SimRecord) => Write[],
): Promise<StepResult> {
  let sim = before;
  return retryOnConflict(async () => {
    const decision = decide(sim);
    switch (decision.kind) {
      case 'refused':
        return { refused: decision.problem };
      case 'unchanged':
        return { saved: undefined };
      case 'done':
        return { saved: decision.sim };
      case 'change': {
        const saved = sim && (await saveUnlessChanged(partnerId, operation, sim, decision.sim, type, also));
        if (saved) {
          return { saved };
        }
        sim = await getSim(partnerId, iccid);
        return undefined;
      }
    }
  });
}

/** The operation that takes a step. */
export type StepOperation = Pick<Operation, 'id' | 'planStage'>;

/**
 * Decides about a SIM that an operation has started to change. The operation continues only if no other operation has changed
 * the SIM since.
 *
 * @param step the SIM after the step; `undefined` when the step was taken before.
 */
export function continueStep(
  operation: StepOperation,
  sim: SimRecord | undefined,
  step: (sim: Sim) => Sim | undefined,
): StepDecision {
  if (!sim || !wasLastChangedBy(sim, operation.id)) {
    return { kind: 'refused', problem: conflict };
  }
  const after = step(sim);
  return after ? { kind: 'change', sim: after } : { kind: 'done', sim };
}

/** @returns the SIM as saved; `undefined` when another writer changed it since it was read. */
async function saveUnlessChanged(
  partnerId: PartnerId,
  operation: StepOperation,
  before: SimRecord,
  after: Sim,
  type: string,
  also?: (saved: SimRecord) => Write[],
): Promise<SimRecord | undefined> {
  try {
    const by = { operationId: operation.id };
    return await saveSim(partnerId, before, markedAsRetried(operation, after), type, by, also);
  } catch (error) {
    if (error instanceof ConditionFailed) {
      return undefined;
    }
    throw error;
  }
}

/**
 * Marks a SIM for which the retry of a plan's stage succeeded, so that the order moves it from its failed to its completed
 * SIMs. It is moved only once, even if the SIM is unassigned and completes the stage again.
 */
function markedAsRetried({ id, planStage }: StepOperation, after: Sim & Pick<SimRecord, 'countedBy'>): Sim {
  const hasCompleted = planStage?.stage !== 'activate' || (isUnbarred(after) && !after.pendingChange);
  if (!planStage?.retry || !hasCompleted) {
    return after;
  }
  const marked: Sim & Pick<SimRecord, 'countedBy'> = {
    ...after,
    countedBy: { [planStage.stage]: id, ...after.countedBy },
  };
  return marked;
}
