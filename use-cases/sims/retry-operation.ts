import { createOperation, type OperationRecord } from '../../adapters/dynamodb/operations.ts';
import { firstRun } from '../../adapters/dynamodb/runs.ts';
import type { Requester } from '../../domain/access.ts';
import type { OperationId, PartnerId } from '../../domain/ids.ts';
import { newRetry } from '../../domain/operation-steps.ts';
import { Refusal } from '../refusal.ts';
import { startExecution } from '../start-execution.ts';
import { readOperation } from './read-operations.ts';
import { replaceSim } from './replace-sim.ts';

/**
 * Creates an operation for the SIMs that failed in another one, and starts it.
 *
 * @param id the id of the new operation.
 * @throws Refusal `not_found`, `wrong_state` when there is nothing to retry
 */
export async function retryOperation(
  partnerId: PartnerId,
  failedId: OperationId,
  { id, now, ...requester }: Requester & { id: OperationId; now: Date },
): Promise<OperationRecord> {
  const failed = await readOperation(partnerId, failedId);
  const retry = newRetry(failed, id, requester, now.toISOString());
  if ('code' in retry) {
    throw new Refusal('wrong_state', retry.detail);
  }
  const { replacement, reason = 'other' } = failed.target;
  if (replacement) {
    return replaceSim(partnerId, { ...replacement, reason }, { id, now, ...requester });
  }
  const created = await createOperation(partnerId, retry, firstRun(now));
  await startExecution({ kind: 'operation', partnerId, id: created.id });
  return created;
}
