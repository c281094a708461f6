import * as z from 'zod/mini';
import { clock } from '../../adapters/clock.ts';
import { type Key, operationKey, orderKey } from '../../adapters/dynamodb/keys.ts';
import { changeOperation, getOperation, type OperationRecord } from '../../adapters/dynamodb/operations.ts';
import { getOrder, setFailedSims } from '../../adapters/dynamodb/orders.ts';
import { claimNextAttempt, type RunInput } from '../../adapters/dynamodb/runs.ts';
import { releaseServiceLock } from '../../adapters/dynamodb/services.ts';
import { aliasOf, attemptOf, startRun } from '../../adapters/step-functions.ts';
import { recordMetric } from '../../adapters/telemetry/metrics.ts';
import { finalState, isOperationFinished, reopened, shardsOf } from '../../domain/operation.ts';
import { markOrderFulfilled } from '../../domain/order.ts';
import type { SimAction } from '../../domain/sim-actions.ts';
import { applyOrderStep } from '../../use-cases/orders/apply-order-step.ts';
import { countLeftovers } from '../../use-cases/sims/result-counter.ts';
import { STAGE_RUNS_PER_EXECUTION } from '../../use-cases/sims/stage-limits.ts';
import { workerName } from '../../use-cases/sims/worker-name.ts';
import { createTask, runInput } from '../background/task.ts';

/** The state of the machine that does an action; the payload stays this small whatever the number of SIMs. */
type Work = {
  stage: 'migrate' | 'assign' | 'activate' | 'change' | 'none';
  operationId: string;
  shards: { shard: number }[];
};
const nothing: Work = { stage: 'none', operationId: '', shards: [] };

/** How many runs of stages this execution has made with it. */
type Next = Work & { stageRuns: number };

/** An operation whose stage has run so many times in a row without any result never will be done. */
const MAX_VAIN_RUNS = 10;

/**
 * `alias`: where releases are versions, the one that an execution is started with. `execution`: the name of this one, which
 * the definition of release 0.1.0 does not tell.
 */
const input = z.extend(runInput, {
  stageRuns: z.int(),
  stateMachineArn: z.string(),
  alias: z.optional(z.string()),
  execution: z.optional(z.string()),
});

/**
 * Says what is to be done next, from what the table holds: the operation of an order's plan whose turn it is, or the
 * operation itself, until all its SIMs have a result. Ends what is done. After a few runs of stages the work goes on in a
 * fresh execution, as the history of one has an end.
 */
export const handler = createTask(
  input,
  async ({ stageRuns, stateMachineArn, alias, execution, ...run }): Promise<Next> => {
    const next = run.kind === 'order' ? await nextOfOrder(run.partnerId, run.id) : await nextOfOperation(run);
    if (next && stageRuns >= STAGE_RUNS_PER_EXECUTION) {
      const key = run.kind === 'order' ? orderKey(run.partnerId, run.id) : operationKey(run.partnerId, run.id);
      const machine = alias === undefined ? stateMachineArn : aliasOf(stateMachineArn, alias);
      const attempt = await nextAttempt(run, key, execution);
      if (attempt !== undefined) {
        await startRun(run, attempt, machine);
      }
      return { ...nothing, stageRuns };
    }
    return { ...(next ?? nothing), stageRuns: stageRuns + 1 };
  },
);

/**
 * The attempt that goes on where this execution ends. The task may run twice: the second time it finds the attempt that it
 * claimed the first time, and starting that again starts nothing.
 *
 * @returns `undefined` when another execution has taken over.
 */
async function nextAttempt(run: RunInput, key: Key, execution: string | undefined): Promise<number | undefined> {
  const { kind, partnerId, id } = run;
  const record = kind === 'order' ? await getOrder(partnerId, id) : await getOperation(partnerId, id);
  const latest = record?.runAttempt;
  if (latest === undefined) {
    return undefined;
  }
  const own = (execution === undefined ? undefined : attemptOf(id, execution)) ?? latest;
  if (latest === own) {
    return claimNextAttempt(key, own, clock.now());
  }
  return latest === own + 1 ? latest : undefined;
}

async function nextOfOperation({ partnerId, id }: RunInput): Promise<Work | undefined> {
  const operation = await getOperation(partnerId, id);
  return operation && workOn(partnerId, operation);
}

async function nextOfOrder(partnerId: string, id: string): Promise<Work | undefined> {
  const order = await getOrder(partnerId, id);
  if (order?.state !== 'delivered') {
    return undefined;
  }
  for (const { operationId } of order.operations) {
    const operation = await getOperation(partnerId, operationId);
    const next = operation && (await workOn(partnerId, reopened(operation)));
    if (next) {
      return next;
    }
    await setFailedSims(partnerId, id, (await getOperation(partnerId, operationId))?.failed ?? 0);
  }
  await applyOrderStep(partnerId, id, (current) => markOrderFulfilled(current, clock.now().toISOString()));
  return undefined;
}

/** @returns the stage to run for an operation; `undefined` when it is over. */
async function workOn(partnerId: string, operation: OperationRecord): Promise<Work | undefined> {
  const at = clock.now().toISOString();
  if (isOperationFinished(operation)) {
    return undefined;
  }
  if (isDone(operation)) {
    await finish(partnerId, operation, at);
    return undefined;
  }
  const results = operation.succeeded + operation.failed;
  const vainRuns = results > (operation.resultsBefore ?? 0) ? 0 : (operation.vainRuns ?? 0) + 1;
  if (vainRuns > MAX_VAIN_RUNS) {
    throw new Error(`${MAX_VAIN_RUNS} runs in a row brought no result for the SIMs of operation ${operation.id}.`);
  }
  await changeOperation(partnerId, operation.id, (current) => ({
    ...reopened(current),
    state: 'running',
    startedAt: current.startedAt ?? at,
    vainRuns,
    resultsBefore: results,
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
  if (operation.cancelRequestedAt !== undefined) {
    await countLeftovers(partnerId, operation);
  }
  const { customerServiceId } = operation.target;
  if (customerServiceId !== undefined) {
    const workers = Array.from({ length: shardsOf(operation) }, (_, shard) => workerName(operation.id, shard));
    await releaseServiceLock(partnerId, customerServiceId, workers);
  }
  const finished = await changeOperation(partnerId, operation.id, (current) => ({
    ...current,
    state: finalState(current),
    startedAt: current.startedAt ?? at,
    finishedAt: at,
    updatedAt: at,
  }));
  const { action } = operation;
  recordMetric('SimsSucceeded', finished?.succeeded ?? 0, { action });
  recordMetric('SimsFailed', finished?.failed ?? 0, { action });
}

function stageOf(action: SimAction): Work['stage'] {
  return action === 'migrate' || action === 'assign' || action === 'activate' ? action : 'change';
}
