import pMap from 'p-map';
import { ConditionFailed } from '../../adapters/dynamodb/conditions.ts';
import { LABELLED } from '../../adapters/dynamodb/sim-history.ts';
import { type SimRecord, wasLastChangedBy } from '../../adapters/dynamodb/sims.ts';
import { decideOrNotFound, type OperationAction } from '../../domain/sim-actions.ts';
import { withPendingChange } from '../../domain/sim-changes.ts';
import { isolateSim } from './isolate-sim.ts';
import { failed, type Outcome, type PageWork, succeeded } from './process-page.ts';
import { conflict, type StepDecision, saveStep } from './save-step.ts';
import { WRITES_IN_FLIGHT } from './stage-limits.ts';

/** The event of an action in a SIM's timeline. */
const eventTypes: Readonly<Record<OperationAction, string>> = {
  migrate: 'sim.migrated',
  assign: 'sim.assigned',
  unassign: 'sim.unassigned',
  activate: 'sim.activation_requested',
  test: 'sim.test_started',
  suspend: 'sim.suspended',
  resume: 'sim.resumed',
  terminate: 'sim.terminated',
  label: LABELLED,
  replace: 'sim.replaced',
};

/** Applies the action of an operation to the open SIMs of a page. */
export function applyActionToAll(work: PageWork): Promise<Outcome[]> {
  return applyActionTo(work, work.open);
}

/** Applies the action of an operation to some SIMs of a page. */
export function applyActionTo(work: PageWork, iccids: readonly string[]): Promise<Outcome[]> {
  return forEachSim(iccids, (iccid) => applyAction(work, iccid));
}

/**
 * Runs a step for each SIM of a page. A SIM with a broken record gets no result and delays no other: the stage runs again for it,
 * until the operation fails for lack of progress.
 *
 * @returns the outcomes; none for a SIM whose step has none or fails.
 */
export async function forEachSim(
  iccids: readonly string[],
  step: (iccid: string) => Promise<Outcome | undefined>,
): Promise<Outcome[]> {
  const isolated = (iccid: string) =>
    isolateSim(
      iccid,
      () => step(iccid),
      () => undefined,
    );
  return (await pMap(iccids, isolated, { concurrency: WRITES_IN_FLIGHT })).flatMap((outcome) => outcome ?? []);
}

/** The outcome that the action of an operation would have for one SIM now. */
function predictOutcome({ request, sims, at }: PageWork, iccid: string): Outcome {
  const decision = decideOrNotFound(sims.get(iccid), request, at);
  return decision.kind === 'refused'
    ? failed(iccid, decision.problem)
    : { ...succeeded(iccid), wouldChange: decision.kind === 'change' };
}

/**
 * Applies the action of an operation to one SIM, if the rules permit it. A dry run saves nothing. A SIM that this operation
 * changed before a crash counts as succeeded.
 */
export async function applyAction(work: PageWork, iccid: string): Promise<Outcome> {
  const { partnerId, operation, request, sims, at } = work;
  if (operation.dryRun) {
    return predictOutcome(work, iccid);
  }
  const decide = (sim: SimRecord | undefined): StepDecision => {
    if (sim && wasLastChangedBy(sim, operation.id)) {
      return { kind: 'done', sim };
    }
    const decision = decideOrNotFound(sim, request, at);
    if (decision.kind !== 'change') {
      return decision;
    }
    // A SIM in test status has no bars, so it does not become `activating`. Its activation is confirmed in its former state.
    const isActivatedFromTest = sim?.state === 'testing' && request.action === 'activate';
    return isActivatedFromTest
      ? { kind: 'change', sim: withPendingChange(sim, 'activate', operation.id, at) }
      : decision;
  };
  try {
    const result = await saveStep(partnerId, operation, iccid, sims.get(iccid), eventTypes[operation.action], decide);
    return 'refused' in result ? failed(iccid, result.refused) : succeeded(iccid, result.saved);
  } catch (error) {
    if (error instanceof ConditionFailed) {
      return failed(iccid, conflict);
    }
    throw error;
  }
}
