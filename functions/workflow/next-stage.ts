import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { clock } from '../../adapters/clock.ts';
import { changeOperation, getOperation, type OperationRecord } from '../../adapters/dynamodb/operations.ts';
import { getOrder, setFailedSims, stepOrder } from '../../adapters/dynamodb/orders.ts';
import { endWorkOn } from '../../adapters/dynamodb/services.ts';
import { finalState, isOperationFinished, shardsOf } from '../../domain/operation.ts';
import { fulfilOrder } from '../../domain/order.ts';
import type { SimAction } from '../../domain/sim-actions.ts';
import { metrics } from '../http/telemetry.ts';
import { runInput, task } from './task.ts';
import { workerName } from './worker-name.ts';

/** The state of the machine that does an action; the payload stays this small whatever the number of SIMs. */
type Next = {
  stage: 'migrate' | 'assign' | 'activate' | 'change' | 'none';
  operationId: string;
  shards: { shard: number }[];
};

const nothing: Next = { stage: 'none', operationId: '', shards: [] };

/** An operation that is still not done after so many runs of its stage never will be. */
const MAX_STAGE_RUNS = 10;

/**
 * Says what is to be done next, from what the table holds: the operation of an order's plan whose turn it is, or the
 * operation itself, until all its SIMs have a result. Ends what is done.
 */
export const handler = task(runInput, async ({ kind, partnerId, id }): Promise<Next> => {
  if (kind === 'operation') {
    const operation = await getOperation(partnerId, id);
    return (operation && (await workOn(partnerId, operation))) ?? nothing;
  }
  const order = await getOrder(partnerId, id);
  if (order?.state !== 'delivered') {
    return nothing;
  }
  for (const { operationId } of order.operations) {
    const operation = await getOperation(partnerId, operationId);
    const next = operation && (await workOn(partnerId, reopened(operation)));
    if (next) {
      return next;
    }
    await setFailedSims(partnerId, id, (await getOperation(partnerId, operationId))?.failed ?? 0);
  }
  await stepOrder(partnerId, id, (current) => fulfilOrder(current, clock.now().toISOString()));
  return nothing;
});

/** A stage whose run broke is taken up again when its order is resumed. */
function reopened(operation: OperationRecord): OperationRecord {
  const { failure, finishedAt: _finishedAt, ...rest } = operation;
  return failure ? { ...rest, state: 'running', stageRuns: 0 } : operation;
}

/** @returns the stage to run for an operation; `undefined` when it is over. */
async function workOn(partnerId: string, operation: OperationRecord): Promise<Next | undefined> {
  const at = clock.now().toISOString();
  if (isOperationFinished(operation)) {
    return undefined;
  }
  if (isDone(operation)) {
    await finish(partnerId, operation, at);
    return undefined;
  }
  const stageRuns = (operation.stageRuns ?? 0) + 1;
  if (stageRuns > MAX_STAGE_RUNS) {
    throw new Error(`After ${MAX_STAGE_RUNS} runs SIMs of operation ${operation.id} have no result still.`);
  }
  await changeOperation(partnerId, operation.id, (current) => ({
    ...reopened(current),
    state: 'running',
    startedAt: current.startedAt ?? at,
    stageRuns,
    updatedAt: at,
  }));
  const shards = Array.from({ length: shardsOf(operation) }, (_, shard) => ({ shard }));
  return { stage: stageOf(operation.action), operationId: operation.id, shards };
}

/** Every SIM has its result, or the operation was cancelled (what was under way has been seen to its end). */
function isDone({ total, succeeded, failed, cancelRequestedAt }: OperationRecord): boolean {
  return cancelRequestedAt !== undefined || (total !== undefined && succeeded + failed >= total);
}

async function finish(partnerId: string, operation: OperationRecord, at: string): Promise<void> {
  const { customerServiceId } = operation.target;
  if (customerServiceId !== undefined) {
    const workers = Array.from({ length: shardsOf(operation) }, (_, shard) => workerName(operation.id, shard));
    await endWorkOn(partnerId, customerServiceId, workers);
  }
  const finished = await changeOperation(partnerId, operation.id, (current) => ({
    ...current,
    state: finalState(current),
    startedAt: current.startedAt ?? at,
    finishedAt: at,
    updatedAt: at,
  }));
  metrics.addDimension('action', operation.action);
  metrics.addMetric('SimsSucceeded', MetricUnit.Count, finished?.succeeded ?? 0);
  metrics.addMetric('SimsFailed', MetricUnit.Count, finished?.failed ?? 0);
}

function stageOf(action: SimAction): Next['stage'] {
  return action === 'migrate' || action === 'assign' || action === 'activate' ? action : 'change';
}
