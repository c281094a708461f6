import { changeOperation, type OperationRecord } from '../../adapters/dynamodb/operations.ts';
import type { OperationId, PartnerId } from '../../domain/ids.ts';
import { requestOperationCancellation } from '../../domain/operation-steps.ts';
import { orNotFound, Refusal } from '../refusal.ts';

/**
 * Cancels an operation. Changes that are complete or in progress are kept.
 *
 * @throws Refusal `not_found`, `wrong_state` when the operation has finished
 */
export async function cancelOperation(partnerId: PartnerId, id: OperationId, now: Date): Promise<OperationRecord> {
  const operation = await changeOperation(partnerId, id, (current) => {
    if (current.partOf !== undefined) {
      throw new Refusal('wrong_state', `This is a step of the replacement ${current.partOf}. Cancel the replacement.`);
    }
    const cancelled = requestOperationCancellation(current, now.toISOString());
    if ('code' in cancelled) {
      throw new Refusal('wrong_state', cancelled.detail);
    }
    return cancelled;
  });
  return orNotFound(operation, 'operation', id);
}
