import { ConditionFailed } from '../../adapters/dynamodb/items.ts';
import { getSim, isMovedBy, type SimRecord, saveSim } from '../../adapters/dynamodb/sims.ts';
import type { Operation } from '../../domain/operation.ts';
import type { Sim } from '../../domain/sim.ts';
import { decideIfThere, type SimAction } from '../../domain/sim-actions.ts';
import { failed, type Outcome, type PageWork, succeeded } from './process-page.ts';

/** How the timeline of a SIM calls what an action did. */
export const eventOf: Record<SimAction, string> = {
  migrate: 'sim.migrated',
  assign: 'sim.assigned',
  unassign: 'sim.unassigned',
  activate: 'sim.activation_requested',
  suspend: 'sim.suspended',
  resume: 'sim.resumed',
  terminate: 'sim.terminated',
};

const TRIES = 5;

/**
 * Does to one SIM what the operation asks, by the rules, in one conditional write. One that this operation changed
 * before (a crash cut the page short) is done. When somebody else changes the SIM meanwhile, the rules are asked anew.
 */
export async function applyAction(
  { partnerId, operation, request, sims, at }: PageWork,
  iccid: string,
): Promise<Outcome> {
  let sim = sims.get(iccid);
  for (let attempt = 1; attempt <= TRIES; attempt += 1) {
    if (sim && isMovedBy(sim, operation.id)) {
      return succeeded(iccid, sim);
    }
    const decision = decideIfThere(sim, request, at);
    if (decision.kind === 'refused') {
      return failed(iccid, decision.problem);
    }
    if (decision.kind === 'unchanged' || operation.dryRun || !sim) {
      return succeeded(iccid);
    }
    const after = countedOver(operation, decision.sim);
    const saved = await saveIfUnchanged(partnerId, sim, after, eventOf[operation.action], operation.id);
    if (saved) {
      return succeeded(iccid, saved);
    }
    sim = await getSim(partnerId, iccid);
  }
  return failed(iccid, conflict);
}

/**
 * Notes on a SIM that the retry of a plan's stage brings it about: the order counts it over from those that failed. A
 * SIM may be taken back and brought there again by another retry, and was counted before.
 */
export function countedOver({ id, planStage }: Operation, after: Sim & Pick<SimRecord, 'countedBy'>): Sim {
  if (!planStage?.retry || (planStage.stage === 'activate' && after.state !== 'active')) {
    return after;
  }
  const counted: Sim & Pick<SimRecord, 'countedBy'> = {
    ...after,
    countedBy: { [planStage.stage]: id, ...after.countedBy },
  };
  return counted;
}

export const conflict = {
  code: 'conflict',
  detail: 'The SIM was repeatedly changed by concurrent requests. Retry the operation.',
} as const;

/** @returns the SIM as saved; `undefined` when somebody else changed it since it was read. */
export async function saveIfUnchanged(
  partnerId: string,
  before: SimRecord,
  after: Sim,
  type: string,
  operationId: string,
): Promise<SimRecord | undefined> {
  try {
    return await saveSim(partnerId, before, after, type, { operationId });
  } catch (error) {
    if (error instanceof ConditionFailed) {
      return undefined;
    }
    throw error;
  }
}
