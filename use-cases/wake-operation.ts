import { clock } from '../adapters/clock.ts';
import { getOperation } from '../adapters/dynamodb/operations.ts';
import { claimNextAttempt } from '../adapters/dynamodb/runs.ts';
import type { OperationId, PartnerId } from '../domain/ids.ts';
import { isOperationFinished, operationStart } from '../domain/operation.ts';
import { doesPushWake } from '../domain/operator-push.ts';
import { recordOfRun, runOfOperation } from './current-execution.ts';
import { startExecution } from './start-execution.ts';

/**
 * Continues an operation that waits for its operator, because the answer is known. Starts another execution, as the current one
 * may pause for hours; that one ends when it finds the operation finished.
 *
 * @param unlessRecent does nothing when the current execution started recently, and polls the operator soon anyway.
 * @returns false when the operation has finished.
 */
export async function wakeOperation(
  partnerId: PartnerId,
  id: OperationId,
  { unlessRecent = false }: { unlessRecent?: boolean } = {},
): Promise<boolean> {
  const operation = await getOperation(partnerId, id);
  if (!operation || isOperationFinished(operation)) {
    return false;
  }
  const run = runOfOperation(partnerId, operation);
  const record = await recordOfRun(run);
  const now = clock.now();
  const isRecent = record !== undefined && !doesPushWake(record.runStartedAt ?? operationStart(operation), now);
  if (unlessRecent && isRecent) {
    return true;
  }
  const attempt = record?.runAttempt === undefined ? undefined : await claimNextAttempt(run, record.runAttempt, now);
  if (attempt !== undefined) {
    await startExecution(run, attempt);
  }
  return true;
}
