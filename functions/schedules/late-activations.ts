import { clock } from '../../adapters/clock.ts';
import type { DueKey } from '../../adapters/dynamodb/items.ts';
import {
  dueLateActivations,
  getLateActivation,
  type LateActivation,
  postponeLateActivation,
  separateLateActivation,
} from '../../adapters/dynamodb/late-activations.ts';
import { getSims, isMovedBy, type SimRecord } from '../../adapters/dynamodb/sims.ts';
import { correlation, logger } from '../../adapters/telemetry/logger.ts';
import { OperatorUnavailable } from '../../domain/operator-port.ts';
import { confirmActivation, isBarred } from '../../domain/sim-actions.ts';
import { operatorOf } from '../../use-cases/operators.ts';
import { saveIfUnchanged } from '../../use-cases/sims/apply-action.ts';
import { createSchedule, processDue } from '../background/schedule.ts';

const BATCHES_PER_LOOK = 50;
const ASKED_AT_A_TIME = 4;
const NEXT_LOOK_MS = 6 * 3_600_000;

/**
 * Asks the operators about activations that they did not confirm by the deadline. One that confirms now is believed:
 * the SIM becomes active, if nothing else was done with it since; otherwise the operator is asked to bar it again.
 */
export const handler = createSchedule(async (hasTime) => {
  await processDue(hasTime, {
    size: BATCHES_PER_LOOK,
    kind: 'lateActivations',
    find: (limit) => dueLateActivations(clock.now(), limit),
    keyOf: ({ key }) => key,
    process: look,
    concurrency: ASKED_AT_A_TIME,
  });
});

async function look({ key }: DueKey): Promise<void> {
  const late = await getLateActivation(key);
  if (!late) {
    return;
  }
  const now = clock.now();
  const nextAt = new Date(now.getTime() + NEXT_LOOK_MS).toISOString();
  try {
    const operator = operatorOf(late.operatorId);
    const answers = await operator.simStatus(late.iccids);
    const active = new Set(answers.flatMap(({ iccid, status }) => (status === 'active' ? [iccid] : [])));
    const sims = await getSims(late.partnerId, late.iccids);
    const { astray, rest, broken } = await acceptLate(late, active, sims, now);
    const barred =
      astray.length > 0 ? await operator.setBars(`${late.operationId}:late:${now.toISOString()}`, astray, true) : [];
    const answered = new Set(barred.map(({ iccid }) => iccid));
    const unanswered = astray.filter((iccid) => !answered.has(iccid));
    const isOver = now.toISOString() >= late.until;
    for (const iccid of broken) {
      await separateLateActivation(late, key, iccid, nextAt);
    }
    await postponeLateActivation(key, isOver ? [] : [...rest, ...unanswered], nextAt);
  } catch (error) {
    if (!(error instanceof OperatorUnavailable)) {
      throw error;
    }
    logger.warn('operator unavailable', { ...correlation(late.operationId), operatorId: late.operatorId, error });
    await postponeLateActivation(key, late.iccids, nextAt);
  }
}

/**
 * Makes the SIMs active that the operator confirmed late.
 *
 * @returns those that must not have data, those to ask about again, and those that broke, which hold up no other.
 * @throws what broke, when the SIM is alone: then it is retried by itself, and at last dead-lettered.
 */
async function acceptLate(
  late: LateActivation,
  active: ReadonlySet<string>,
  sims: ReadonlyMap<string, SimRecord>,
  now: Date,
): Promise<{ astray: string[]; rest: string[]; broken: string[] }> {
  const astray: string[] = [];
  const rest: string[] = [];
  const broken: string[] = [];
  for (const iccid of late.iccids) {
    const sim = sims.get(iccid);
    try {
      if (sim && !active.has(iccid) && isMovedBy(sim, late.operationId)) {
        rest.push(iccid);
      } else if (sim && active.has(iccid) && !(await believe(late, sim, now.toISOString()))) {
        astray.push(iccid);
      }
    } catch (error) {
      if (late.iccids.length === 1) {
        throw error;
      }
      logger.error('late activation of a SIM broken', { ...correlation(late.operationId), iccid, error });
      broken.push(iccid);
    }
  }
  return { astray, rest, broken };
}

/** @returns false when the SIM has gone another way meanwhile and must not have data. */
async function believe(late: LateActivation, sim: SimRecord, at: string): Promise<boolean> {
  if (!isMovedBy(sim, late.operationId)) {
    return !isBarred(sim) || sim.state === 'activating';
  }
  const after = confirmActivation(sim, at);
  return after === undefined
    ? !isBarred(sim)
    : (await saveIfUnchanged(late.partnerId, sim, after, 'sim.activated', late.operationId)) !== undefined;
}
