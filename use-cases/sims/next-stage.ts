import { clock } from '../../adapters/clock.ts';
import { changeOperation, getOperation, type OperationRecord } from '../../adapters/dynamodb/operations.ts';
import { getOrder, setFailedSims } from '../../adapters/dynamodb/orders.ts';
import { releaseServiceLock } from '../../adapters/dynamodb/service-locks.ts';
import { recordMetric } from '../../adapters/telemetry/metrics.ts';
import type { OperationId, OrderId, PartnerId } from '../../domain/ids.ts';
import {
  isOperationDone,
  isOperationFinished,
  MAX_RUNS_WITHOUT_PROGRESS,
  seenByNewExecution,
  shardsOf,
} from '../../domain/operation.ts';
import { finishOperation, reopenOperation, runsWithoutProgress, startStageRun } from '../../domain/operation-steps.ts';
import { markOrderFulfilled } from '../../domain/order-steps.ts';
import type { OperationAction } from '../../domain/sim-actions.ts';
import { applyOrderStep } from '../orders/apply-order-step.ts';
import { nextStepOfReplacement } from './next-step-of-replacement.ts';
import { countRemainingResults } from './result-counter.ts';
import { lockHolder, serviceToLock } from './service-lock.ts';

/** A stage for the state machine to run, with the shards of its operation. Its size does not depend on the number of SIMs. */
export type StageRun = {
  stage: 'migrate' | 'assign' | 'activate' | 'change' | 'confirm';
  operationId: OperationId;
  shards: { shard: number }[];
};

/**
 * Decides the next step of an order's execution.
 *
 * 1. Returns the stage of the first operation of the plan that is not done.
 * 2. Finishes operations that are done, and counts their failed SIMs on the order.
 * 3. When all are done, the order is fulfilled.
 *
 * @param isFirst whether the execution has run no stage yet.
 * @returns `undefined` when nothing is left to do.
 */
export async function nextStageOfOrder(
  partnerId: PartnerId,
  id: OrderId,
  isFirst: boolean,
): Promise<StageRun | undefined> {
  const order = await getOrder(partnerId, id);
  if (order?.state !== 'delivered') {
    return undefined;
  }
  for (const { operationId } of order.operations) {
    const operation = await getOperation(partnerId, operationId);
    const next = operation && (await nextRun(partnerId, reopenOperation(operation), isFirst));
    if (next) {
      return next;
    }
    await setFailedSims(partnerId, id, (await getOperation(partnerId, operationId))?.failed ?? 0);
  }
  await applyOrderStep(partnerId, id, (current) => markOrderFulfilled(current, clock.now().toISOString()));
  return undefined;
}

/**
 * Decides the next step of an operation's execution: its stage until every SIM has a result; then the operation is finished.
 *
 * @param isFirst whether the execution has run no stage yet.
 * @returns `undefined` when nothing is left to do.
 */
export async function nextStageOfOperation(
  partnerId: PartnerId,
  id: OperationId,
  isFirst: boolean,
): Promise<StageRun | undefined> {
  const operation = await getOperation(partnerId, id);
  return operation?.action === 'replace'
    ? nextStageOfReplacement(partnerId, operation, isFirst)
    : operation && nextRun(partnerId, operation, isFirst);
}

/** The stage of the next step of a replacement. When a step has ended without another stage, the one after it is looked for. */
async function nextStageOfReplacement(
  partnerId: PartnerId,
  stored: OperationRecord,
  isFirst: boolean,
): Promise<StageRun | undefined> {
  let parent: OperationRecord | undefined = stored;
  while (parent && !isOperationFinished(parent)) {
    const at = clock.now().toISOString();
    if (parent.startedAt === undefined) {
      parent = await changeOperation(partnerId, parent.id, (current) => startStageRun(current, current, at));
      continue;
    }
    const next = await nextStepOfReplacement(partnerId, parent);
    if ('end' in next) {
      await finish(partnerId, next.end, at);
      return undefined;
    }
    const stage = await nextRun(partnerId, reopenOperation(next.run), isFirst);
    if (stage) {
      return stage;
    }
    parent = await getOperation(partnerId, stored.id);
  }
  return undefined;
}

async function nextRun(partnerId: PartnerId, stored: OperationRecord, isFirst: boolean): Promise<StageRun | undefined> {
  const operation = isFirst ? seenByNewExecution(stored) : stored;
  const at = clock.now().toISOString();
  if (isOperationFinished(operation)) {
    return undefined;
  }
  if (isOperationDone(operation)) {
    await finish(partnerId, operation, at);
    return undefined;
  }
  if (runsWithoutProgress(operation) > MAX_RUNS_WITHOUT_PROGRESS) {
    throw new Error(`${MAX_RUNS_WITHOUT_PROGRESS} consecutive runs produced no results for operation ${operation.id}.`);
  }
  const started = await changeOperation(partnerId, operation.id, (current) => startStageRun(current, operation, at));
  if (!started || isOperationFinished(started)) {
    return undefined;
  }
  const shards = Array.from({ length: shardsOf(operation) }, (_, shard) => ({ shard }));
  const stage = started.phase === 'confirm' ? 'confirm' : stageOf(operation.action);
  return { stage, operationId: operation.id, shards };
}

async function finish(partnerId: PartnerId, operation: OperationRecord, at: string): Promise<void> {
  if (operation.cancelRequestedAt !== undefined) {
    await countRemainingResults(partnerId, operation);
  }
  const lockedService = serviceToLock(operation);
  if (lockedService !== undefined) {
    const holders = Array.from({ length: shardsOf(operation) }, (_, shard) => lockHolder(operation.id, shard));
    await releaseServiceLock(partnerId, lockedService, holders);
  }
  const finished = await changeOperation(partnerId, operation.id, (current) => finishOperation(current, at));
  const { action } = operation;
  recordMetric('SimsSucceeded', finished?.succeeded ?? 0, { action });
  recordMetric('SimsFailed', finished?.failed ?? 0, { action });
}

function stageOf(action: OperationAction): StageRun['stage'] {
  return action === 'migrate' || action === 'assign' || action === 'activate' ? action : 'change';
}
