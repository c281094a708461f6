import { clock } from '../../../adapters/clock.ts';
import { addToManualTask } from '../../../adapters/dynamodb/manual-tasks.ts';
import { getSim, type SimRecord } from '../../../adapters/dynamodb/sims.ts';
import { logger } from '../../../adapters/telemetry/logger.ts';
import type { OperationId, PartnerId } from '../../../domain/ids.ts';
import { correctionTask } from '../../../domain/manual-task.ts';
import { OperatorUnavailable } from '../../../domain/operator-port.ts';
import { barsExpected } from '../../../domain/sim-changes.ts';
import { operatorOf } from '../../operator-gateway.ts';
import { byOperator, isByHand } from './ask-operators.ts';

/** The operation after which bars are put right, and the key that identifies the request to the operator. */
export type Cause = { operationId: OperationId; key: string };

/**
 * Makes the bars of a SIM at its operator match the SIM again. A concurrent request changed the SIM, so that the rules refuse the
 * change that the operator has made, or the change came too late. An operator that does not answer is only logged.
 */
export async function restoreBars(partnerId: PartnerId, iccid: string, { operationId, key }: Cause): Promise<void> {
  const sim = await getSim(partnerId, iccid);
  if (!sim) {
    return;
  }
  try {
    await restoreAllBars(partnerId, [sim], { operationId, key: `${key}:${iccid}:undo` });
  } catch (error) {
    if (!(error instanceof OperatorUnavailable)) {
      throw error;
    }
    logger.error('bars at the operator differ from the SIM', { iccid, state: sim.state, error });
  }
}

/**
 * Makes the bars of SIMs at their operators match the SIMs again. Does nothing for SIMs whose bars are being changed.
 *
 * @returns the ICCIDs for which an operator did not answer.
 * @throws OperatorUnavailable
 */
export async function restoreAllBars(
  partnerId: PartnerId,
  sims: readonly SimRecord[],
  { operationId, key }: Cause,
): Promise<string[]> {
  const unanswered: string[] = [];
  for (const [operatorId, group] of byOperator(sims)) {
    const byHand = await isByHand(operatorId);
    for (const barred of [true, false]) {
      const iccids = group.filter((sim) => barsExpected(sim) === barred).map(({ iccid }) => iccid);
      if (byHand) {
        for (const iccid of iccids) {
          const task = correctionTask({ partnerId, operationId, operatorId, iccid, barred }, clock.now().toISOString());
          await addToManualTask(task, 0, [iccid]);
        }
      } else if (iccids.length > 0) {
        const answers = await operatorOf(operatorId).setBars(`${key}:${operatorId}:${barred}`, iccids, barred);
        const answered = new Set(answers.map(({ iccid }) => iccid));
        unanswered.push(...iccids.filter((iccid) => !answered.has(iccid)));
      }
    }
  }
  return unanswered;
}
