import { clock } from '../../adapters/clock.ts';
import {
  dueLateActivations,
  type KeptLateActivation,
  postponeLateActivation,
} from '../../adapters/dynamodb/late-activations.ts';
import { getSims, isMovedBy, type SimRecord } from '../../adapters/dynamodb/sims.ts';
import { OperatorUnavailable } from '../../domain/operator-port.ts';
import { confirmActivation, isBarred } from '../../domain/sim-actions.ts';
import { about, logger } from '../http/telemetry.ts';
import { operatorOf } from '../operators.ts';
import { saveIfUnchanged } from '../workflow/move.ts';
import { schedule, workOff } from './schedule.ts';

const BATCHES_PER_LOOK = 50;
const ASKED_AT_A_TIME = 4;
const NEXT_LOOK_MS = 6 * 3_600_000;

/**
 * Asks the operators about activations that they did not confirm by the deadline. One that confirms now is believed:
 * the SIM becomes active, if nothing else was done with it since; otherwise the operator is asked to bar it again.
 */
export const handler = schedule(async (hasTime) => {
  await workOff(hasTime, {
    size: BATCHES_PER_LOOK,
    kind: 'lateActivations',
    find: (limit) => dueLateActivations(clock.now(), limit),
    keyOf: ({ key }) => key,
    look,
    atATime: ASKED_AT_A_TIME,
  });
});

async function look(late: KeptLateActivation): Promise<void> {
  const now = clock.now();
  const nextAt = new Date(now.getTime() + NEXT_LOOK_MS).toISOString();
  try {
    const operator = operatorOf(late.operatorId);
    const answers = await operator.simStatus(late.iccids);
    const active = new Set(answers.flatMap(({ iccid, status }) => (status === 'active' ? [iccid] : [])));
    const sims = await getSims(late.partnerId, late.iccids);
    const astray: string[] = [];
    for (const iccid of active) {
      const sim = sims.get(iccid);
      if (sim && !(await believe(late, sim, now.toISOString()))) {
        astray.push(iccid);
      }
    }
    if (astray.length > 0) {
      await operator.setBars(`${late.operationId}:late:${now.toISOString()}`, astray, true);
    }
    const isOver = now.toISOString() >= late.until;
    const isOurs = (sim: SimRecord | undefined) => sim !== undefined && isMovedBy(sim, late.operationId);
    const rest = late.iccids.filter((iccid) => !active.has(iccid) && isOurs(sims.get(iccid)));
    await postponeLateActivation(late.key, isOver ? [] : rest, nextAt);
  } catch (error) {
    if (!(error instanceof OperatorUnavailable)) {
      throw error;
    }
    logger.warn('operator unavailable', { ...about(late.operationId), operatorId: late.operatorId, error });
    await postponeLateActivation(late.key, late.iccids, nextAt);
  }
}

/** @returns false when the SIM has gone another way meanwhile and must not have data. */
async function believe(late: KeptLateActivation, sim: SimRecord, at: string): Promise<boolean> {
  if (!isMovedBy(sim, late.operationId)) {
    return !isBarred(sim) || sim.state === 'activating';
  }
  const after = confirmActivation(sim, at);
  return after === undefined
    ? !isBarred(sim)
    : (await saveIfUnchanged(late.partnerId, sim, after, 'sim.activated', late.operationId)) !== undefined;
}
