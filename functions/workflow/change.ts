import pMap from 'p-map';
import { clock } from '../../adapters/clock.ts';
import { getSim, isMovedBy, type SimRecord } from '../../adapters/dynamodb/sims.ts';
import { logger } from '../../adapters/telemetry/logger.ts';
import { operatorDeadlinePassed } from '../../domain/operation.ts';
import type { OperatorId } from '../../domain/operator.ts';
import { OperatorUnavailable, type SimAnswer } from '../../domain/operator-port.ts';
import { decide, isBarred, type SimAction } from '../../domain/sim-actions.ts';
import { operatorOf } from '../../use-cases/operators.ts';
import { askOperators } from '../../use-cases/sims/activation.ts';
import { applyAction, conflict } from '../../use-cases/sims/apply-action.ts';
import {
  failed,
  type Outcome,
  type PageWork,
  recordPageResults,
  shardTask,
} from '../../use-cases/sims/process-page.ts';
import { IN_FLIGHT } from '../../use-cases/sims/stage-limits.ts';

/**
 * Unassigns, suspends, resumes or terminates SIMs. What concerns the operator is done there first, then here: a crash in
 * between does both again, and neither twice. SIMs whose operator does not answer are tried again for a day.
 */
export const handler = shardTask(async (work) => {
  const atOperator = operatorCall(work);
  if (!atOperator || work.operation.dryRun) {
    return pMap(work.open, (iccid) => applyAction(work, iccid), { concurrency: IN_FLIGHT });
  }
  const asked = changing(work);
  const { answers } = await askOperators(asked, atOperator.ask);
  const change = (iccids: readonly string[]) =>
    pMap(iccids, (iccid) => changeOne(work, iccid, answers.get(iccid), atOperator.wanted), { concurrency: IN_FLIGHT });
  const unanswered = new Set<string>(asked.map(({ iccid }) => iccid).filter((iccid) => !answers.has(iccid)));
  if (unanswered.size === 0 || operatorDeadlinePassed(work.operation, clock.now())) {
    return change(work.open);
  }
  const answered = work.open.filter((iccid) => !unanswered.has(iccid));
  if (answered.length > 0) {
    await recordPageResults(work, await change(answered));
  }
  throw new OperatorUnavailable(`There is no answer about ${unanswered.size} SIMs: they are asked about again.`);
});

/** The SIMs of a page that the rules let change, and that this operation has not changed yet. */
function changing({ open, sims, request, operation, at }: PageWork): SimRecord[] {
  return open.flatMap((iccid) => {
    const sim = sims.get(iccid);
    return sim && !isMovedBy(sim, operation.id) && decide(sim, request, at).kind === 'change' ? [sim] : [];
  });
}

type OperatorCall = {
  ask: (operatorId: OperatorId, iccids: string[]) => Promise<SimAnswer[]>;
  /** What the operator says of a SIM when it has done it. */
  wanted: SimAnswer['status'];
};

/** What an action is at the operator; nothing, for what concerns the partner alone. */
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
  if (sim && changing({ ...work, open: [iccid] }).length > 0) {
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

/** Somebody else was faster, and the rules now refuse what the operator has done: its bars follow the SIM's state again. */
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
