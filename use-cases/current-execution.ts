import { getOperation } from '../adapters/dynamodb/operations.ts';
import { getOrder } from '../adapters/dynamodb/orders.ts';
import type { RunInput } from '../adapters/dynamodb/runs.ts';
import { attemptOf } from '../adapters/step-functions.ts';
import type { PartnerId } from '../domain/ids.ts';
import type { Operation } from '../domain/operation.ts';

/** The run of an operation: its own or, for a stage of a plan or a step of a replacement, that of the order or replacement. */
export function runOfOperation(
  partnerId: PartnerId,
  { id, planStage, partOf }: Pick<Operation, 'id' | 'planStage' | 'partOf'>,
): RunInput {
  if (partOf !== undefined) {
    return { kind: 'operation', partnerId, id: partOf };
  }
  return planStage && !planStage.retry
    ? { kind: 'order', partnerId, id: planStage.orderId }
    : { kind: 'operation', partnerId, id };
}

/** The order or operation of a run. */
export function recordOfRun({ kind, partnerId, id }: RunInput) {
  return kind === 'order' ? getOrder(partnerId, id) : getOperation(partnerId, id);
}

/**
 * Whether another execution has taken over the work of this one, which then ends: otherwise each push message of an operator would add an
 * execution that polls the operator.
 *
 * @param execution the name of this execution. Definitions of earlier releases do not pass it.
 */
export async function isReplaced(run: RunInput, execution: string | undefined): Promise<boolean> {
  const own = execution === undefined ? undefined : attemptOf(run.id, execution);
  const latest = own === undefined ? undefined : (await recordOfRun(run))?.runAttempt;
  return own !== undefined && latest !== undefined && latest > own;
}
