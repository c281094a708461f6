import pMap from 'p-map';
import { clock } from '../../adapters/clock.ts';
import { getSim, type SimRecord, wasLastChangedBy } from '../../adapters/dynamodb/sims.ts';
import { logger } from '../../adapters/telemetry/logger.ts';
import type { OperatorId } from '../../domain/ids.ts';
import { operatorDeadlinePassed } from '../../domain/operation.ts';

import { OperatorUnavailable, type SimAnswer } from '../../domain/operator-port.ts';
import { decide, isBarred, type SimAction } from '../../domain/sim-actions.ts';
import { operatorOf } from '../operator-gateway.ts';
import { applyAction, applyActionToAll } from './apply-action.ts';
import { askOperators } from './ask-operators.ts';
import { failed, type Outcome, type PageWork, recordPageResults } from './process-page.ts';
import { conflict } from './save-step.ts';
import { WRITES_IN_FLIGHT } from './stage-limits.ts';

/**
 * Unassigns, suspends, resumes or terminates the SIMs of a page.
 *
 * 1. Asks the operators to change the SIMs that the rules allow. Unassigning does not involve operators.
 * 2. Applies the action to the SIMs that their operators changed, and fails those that they refused.
 * 3. Fails the SIMs of an operator that has not answered for a day.
 *
 * The operator changes a SIM first. After a crash both changes are repeated, and neither takes effect twice.
 *
 * @throws OperatorUnavailable when an operator has not answered yet. The page is then processed again.
 */
export async function changeAtOperator(work: PageWork): Promise<Outcome[]> {
  const call = operatorCall(work);
  if (!call || work.operation.dryRun) {
    return applyActionToAll(work);
  }
  const asked = simsToChange(work);
  const answers = await askOperators(asked, call.ask);
  const change = (iccids: readonly string[]) =>
    pMap(iccids, (iccid) => changeOne(work, iccid, answers.get(iccid), call.wanted), { concurrency: WRITES_IN_FLIGHT });
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

/** The SIMs of a page that the rules allow to change and that this operation has not changed yet. */
function simsToChange({ open, sims, request, operation, at }: PageWork): SimRecord[] {
  return open.flatMap((iccid) => {
    const sim = sims.get(iccid);
    return sim && !wasLastChangedBy(sim, operation.id) && decide(sim, request, at).kind === 'change' ? [sim] : [];
  });
}

type OperatorCall = {
  ask: (operatorId: OperatorId, iccids: string[]) => Promise<SimAnswer[]>;
  /** The status that the operator reports after it has changed a SIM. */
  wanted: SimAnswer['status'];
};

/** The call to the operator for an action; `undefined` for an action that does not involve operators. */
function operatorCall({ operation, key: pageKey }: PageWork): OperatorCall | undefined {
  const key = (operatorId: OperatorId) => `${pageKey}:${operatorId}`;
  const calls: Partial<Record<SimAction, OperatorCall>> = {
    suspend: { ask: (id, iccids) => operatorOf(id).setBars(key(id), iccids, true), wanted: 'barred' },
    resume: { ask: (id, iccids) => operatorOf(id).setBars(key(id), iccids, false), wanted: 'active' },
    terminate: { ask: (id, iccids) => operatorOf(id).terminate(key(id), iccids), wanted: 'terminated' },
  };
  return calls[operation.action];
}

async function changeOne(
  work: PageWork,
  iccid: string,
  answer: SimAnswer | undefined,
  wanted: SimAnswer['status'],
): Promise<Outcome> {
  const sim = work.sims.get(iccid);
  if (sim && simsToChange({ ...work, open: [iccid] }).length > 0) {
    if (!answer) {
      return failed(iccid, {
        code: 'operator_unavailable',
        detail: `The operator did not respond. The SIM is still ${sim.state}. Retry the operation.`,
      });
    }
    if (answer.status !== wanted) {
      return failed(iccid, {
        code: 'operator_refused',
        detail: answer.reason ?? `The operator reports that the SIM is ${answer.status}.`,
      });
    }
  }
  const outcome = await applyAction(work, iccid);
  if (answer?.status === wanted && outcome.result.outcome === 'failed') {
    await restoreBars(work, iccid);
    return failed(iccid, conflict);
  }
  return outcome;
}

/**
 * Makes the bars at the operator match the SIM's state again. A concurrent request changed the SIM, so that the rules now
 * refuse the change that the operator has made.
 */
async function restoreBars({ partnerId, key }: PageWork, iccid: string): Promise<void> {
  const sim = await getSim(partnerId, iccid);
  if (!sim || sim.state === 'terminated') {
    return;
  }
  try {
    await operatorOf(sim.operatorId).setBars(`${key}:${iccid}:undo`, [iccid], isBarred(sim));
  } catch (error) {
    if (!(error instanceof OperatorUnavailable)) {
      throw error;
    }
    logger.error('bars at the operator differ from the SIM', { iccid, state: sim.state, error });
  }
}
