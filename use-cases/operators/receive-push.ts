import { hastenLateChanges } from '../../adapters/dynamodb/late-changes.ts';
import { getOperator } from '../../adapters/dynamodb/operators.ts';
import { lastOperationId } from '../../adapters/dynamodb/sim-history.ts';
import { getSim, ownersOf } from '../../adapters/dynamodb/sims.ts';
import { addSimToCompare } from '../../adapters/dynamodb/sims-to-compare.ts';
import { connectionTo, operatorsConfiguration } from '../../adapters/operators/configuration.ts';
import { isPushSigned } from '../../adapters/operators/control-center/push-signature.ts';
import { logger } from '../../adapters/telemetry/logger.ts';
import { isInProgress } from '../../domain/difference.ts';
import type { OperatorId } from '../../domain/ids.ts';
import { capabilitiesOf } from '../../domain/operator-capabilities.ts';
import { isPushTimely, simsNamedIn } from '../../domain/operator-push.ts';
import { Refusal } from '../refusal.ts';
import { isolateSim } from '../sims/isolate-sim.ts';
import { wakeOperation } from '../wake-operation.ts';

/** A message of an operator, with its signature. */
export type PushMessage = {
  eventType?: string | undefined;
  timestamp?: string | undefined;
  signature2?: string | undefined;
  data?: string | undefined;
};

/**
 * Takes a message of an operator that something about SIMs has changed.
 *
 * 1. Checks the signature and the time.
 * 2. Finds the SIMs that the message names. SIMs of other operators, and unknown ones, are ignored.
 * 3. Continues the operation that waits for a SIM, so that it reads the SIM at the operator now instead of after its pause. If the
 *    deadline of the operation has passed, the schedule for late changes does so.
 * 4. A SIM that waits for nothing is compared with the operator by the schedule that compares SIMs.
 *
 * A repeated message has no further effect.
 *
 * @throws Refusal `not_found` when the operator does not exist or sends no messages, `forbidden` when the message is not signed by it or
 *   is too old
 */
export async function receivePush(operatorId: OperatorId, message: PushMessage, now: Date): Promise<void> {
  const { timestamp = '', signature2 = '', data = '', eventType } = message;
  const secret = await pushSecretOf(operatorId);
  if (secret === undefined) {
    throw new Refusal('not_found', 'The operator does not exist, or sends no push messages.');
  }
  if (!isPushSigned(timestamp, signature2, secret) || !isPushTimely(timestamp, now)) {
    throw new Refusal('forbidden', 'The signature is missing or wrong, or the timestamp is more than an hour away.');
  }
  const owners = await ownersOf(simsNamedIn(data));
  logger.info('push message of an operator', { operatorId, eventType, sims: owners.size });
  for (const [iccid, partnerId] of owners) {
    const sim = await getSim(partnerId, iccid);
    const operationId =
      sim?.operatorId === operatorId
        ? await isolateSim(
            iccid,
            () => sim.pendingChange?.operationId ?? lastOperationId(sim.history),
            () => undefined,
          )
        : undefined;
    const isWaiting = sim !== undefined && isInProgress(sim);
    if (sim?.operatorId === operatorId && !isWaiting) {
      await addSimToCompare({ operatorId, partnerId, iccid }, now);
    }
    if (operationId === undefined) {
      continue;
    }
    if (!isWaiting || !(await wakeOperation(partnerId, operationId, { unlessRecent: true }))) {
      await hastenLateChanges(partnerId, operationId, now);
    }
  }
}

/** The secret with which the operator signs its messages; `undefined` when it sends none. */
async function pushSecretOf(operatorId: OperatorId): Promise<string | undefined> {
  const { platform } = (await getOperator(operatorId)) ?? {};
  return platform && capabilitiesOf(platform.kind).push
    ? connectionTo(operatorId, await operatorsConfiguration())?.controlCenter?.pushSecret
    : undefined;
}
