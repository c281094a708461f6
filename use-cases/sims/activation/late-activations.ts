import {
  getLateActivation,
  type LateActivationKey,
  postponeLateActivation,
  separateLateActivation,
} from '../../../adapters/dynamodb/late-activations.ts';
import { getSims, type SimRecord, wasLastChangedBy } from '../../../adapters/dynamodb/sims.ts';
import { correlation, logger } from '../../../adapters/telemetry/logger.ts';
import { nextLateActivationCheck } from '../../../domain/deadlines.ts';
import type { LateActivation } from '../../../domain/late-activation.ts';
import { OperatorUnavailable } from '../../../domain/operator-port.ts';
import { confirmActivation, isBarred } from '../../../domain/sim-actions.ts';
import { operatorOf } from '../../operator-gateway.ts';
import { continueStep, saveStep } from '../save-step.ts';

/**
 * Polls an operator about activations that it did not confirm by the deadline.
 *
 * 1. Requests the status of the SIMs.
 * 2. Activates a SIM that is active at the operator, unless another operation has changed it since; then the operator is asked
 *    to bar it again.
 * 3. Polls the other SIMs again later, until the period for late confirmations ends.
 *
 * A SIM that fails is moved to an item of its own, so that it does not delay the others.
 */
export async function checkLateActivation(key: LateActivationKey, now: Date): Promise<void> {
  const late = await getLateActivation(key);
  if (!late) {
    return;
  }
  const nextAt = nextLateActivationCheck(now).toISOString();
  try {
    const operator = operatorOf(late.operatorId);
    const answers = await operator.simStatus(late.iccids);
    const active = new Set(answers.flatMap(({ iccid, status }) => (status === 'active' ? [iccid] : [])));
    const sims = await getSims(late.partnerId, late.iccids);
    const { toBar, pending, broken } = await acceptLateActivations(late, active, sims, now);
    const barKey = `${late.operationId}:late:${now.toISOString()}`;
    const barred = toBar.length > 0 ? await operator.setBars(barKey, toBar, true) : [];
    const answered = new Set(barred.map(({ iccid }) => iccid));
    const unanswered = toBar.filter((iccid) => !answered.has(iccid));
    for (const iccid of broken) {
      await separateLateActivation(late, key, iccid, nextAt);
    }
    const isOver = now.toISOString() >= late.until;
    await postponeLateActivation(key, isOver ? [] : [...pending, ...unanswered], nextAt);
  } catch (error) {
    if (!(error instanceof OperatorUnavailable)) {
      throw error;
    }
    const { operationId, operatorId } = late;
    logger.warn('operator unavailable', { ...correlation(operationId), operatorId, error });
    await postponeLateActivation(key, late.iccids, nextAt);
  }
}

/**
 * Activates the SIMs that the operator confirmed late.
 *
 * @returns the SIMs that must be barred again, those that are still unconfirmed, and those that failed.
 * @throws the error of the SIM if it is the only one, so that its item is retried and eventually dead-lettered.
 */
async function acceptLateActivations(
  late: LateActivation,
  active: ReadonlySet<string>,
  sims: ReadonlyMap<string, SimRecord>,
  now: Date,
): Promise<{ toBar: string[]; pending: string[]; broken: string[] }> {
  const toBar: string[] = [];
  const pending: string[] = [];
  const broken: string[] = [];
  for (const iccid of late.iccids) {
    const sim = sims.get(iccid);
    try {
      if (sim && !active.has(iccid) && wasLastChangedBy(sim, late.operationId)) {
        pending.push(iccid);
      } else if (sim && active.has(iccid) && !(await acceptLateActivation(late, sim, now.toISOString()))) {
        toBar.push(iccid);
      }
    } catch (error) {
      if (late.iccids.length === 1) {
        throw error;
      }
      logger.error('late activation of a SIM failed', { ...correlation(late.operationId), iccid, error });
      broken.push(iccid);
    }
  }
  return { toBar, pending, broken };
}

/** @returns whether the SIM may use data: false when another operation has changed it since. */
async function acceptLateActivation(late: LateActivation, sim: SimRecord, at: string): Promise<boolean> {
  if (!wasLastChangedBy(sim, late.operationId)) {
    return mayBeActiveAtOperator(sim);
  }
  const { partnerId, operationId } = late;
  let last: SimRecord | undefined = sim;
  const result = await saveStep(partnerId, { id: operationId }, sim.iccid, sim, 'sim.activated', (current) => {
    last = current;
    return continueStep({ id: operationId }, current, (activating) => confirmActivation(activating, at));
  });
  if ('saved' in result) {
    return result.saved !== undefined && !isBarred(result.saved);
  }
  return last !== undefined && mayBeActiveAtOperator(last);
}

/** Whether `active` at the operator is consistent with the SIM: it has no bars, or another activation is in progress. */
function mayBeActiveAtOperator(sim: SimRecord): boolean {
  return !isBarred(sim) || sim.state === 'activating';
}
