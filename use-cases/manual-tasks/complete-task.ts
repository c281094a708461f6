import { hastenLateChanges } from '../../adapters/dynamodb/late-changes.ts';
import { completeManualTask, refusalsOf, simsOfTask } from '../../adapters/dynamodb/manual-tasks.ts';
import type { ManualTaskId } from '../../domain/ids.ts';
import { completed, isSameCompletion, type ManualTask, type RefusedSim } from '../../domain/manual-task.ts';
import { type InputError, invalidInput, Refusal } from '../refusal.ts';
import { wakeOperation } from '../wake-operation.ts';
import { readManualTask } from './read-tasks.ts';

/**
 * Completes a task about SIMs: the operator has changed all of them, except those that it refused.
 *
 * 1. Checks that the refused SIMs are in the task.
 * 2. Stores the refusals, and moves the task to those that are done.
 * 3. Continues the operation, which changes its SIMs. If its deadline has passed, the schedule for late changes does so.
 *
 * A repetition returns the task as it is and continues the operation again, because a crash may have prevented step 3.
 *
 * @throws Refusal `not_found`, `invalid_input`; `wrong_state` when the task is about an order, or was completed with other refused
 *   SIMs.
 */
export async function completeTask(
  id: ManualTaskId,
  refused: readonly RefusedSim[],
  { actor, now }: { actor: string; now: Date },
): Promise<ManualTask> {
  const task = await readManualTask(id);
  if (task.action === 'cancel_order') {
    throw new Refusal(
      'wrong_state',
      `This task is about order ${task.orderId}. Record the operator's answer with POST …/orders/${task.orderId}/cancel.`,
    );
  }
  if (task.state === 'done') {
    return repeatCompletion(task, refused, now);
  }
  await requireSimsOfTask(id, refused);
  const at = now.toISOString();
  if (!(await completeManualTask(task, refused, actor, at))) {
    // A concurrent request has completed it.
    return repeatCompletion(await readManualTask(id), refused, now);
  }
  await continueOperation(task, now);
  return completed(task, actor, at);
}

/** @throws Refusal `wrong_state` when the task was completed with other refused SIMs. */
async function repeatCompletion(task: ManualTask, refused: readonly RefusedSim[], now: Date): Promise<ManualTask> {
  if (!isSameCompletion(await refusalsOf(task.id), refused)) {
    throw new Refusal('wrong_state', 'The task is already done, with other refused SIMs.');
  }
  await continueOperation(task, now);
  return task;
}

async function continueOperation({ partnerId, operationId }: ManualTask, now: Date): Promise<void> {
  if (operationId !== undefined && !(await wakeOperation(partnerId, operationId))) {
    await hastenLateChanges(partnerId, operationId, now);
  }
}

/** @throws Refusal `invalid_input` naming each SIM that is not in the task, or is named twice. */
async function requireSimsOfTask(id: ManualTaskId, refused: readonly RefusedSim[]): Promise<void> {
  if (refused.length === 0) {
    return;
  }
  const sims = await simsOfTask(id);
  const seen = new Set<string>();
  const errors = refused.flatMap(({ iccid }, index): InputError[] => {
    const pointer = `/refused/${index}/iccid`;
    if (seen.has(iccid)) {
      return [{ pointer, code: 'duplicate', message: `${iccid} is named twice.` }];
    }
    seen.add(iccid);
    return sims.has(iccid)
      ? []
      : [{ pointer, code: 'not_found', message: `${iccid} is not in this task. See GET …/manual-tasks/${id}/sims.` }];
  });
  if (errors.length > 0) {
    throw invalidInput(errors.slice(0, MAX_ERRORS));
  }
}

/** The most errors in one answer. */
const MAX_ERRORS = 100;
