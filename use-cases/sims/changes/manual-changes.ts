import {
  addToManualTask,
  getManualTask,
  refusalsOf,
  simsOfTask,
  simsOfTaskPage,
} from '../../../adapters/dynamodb/manual-tasks.ts';
import type { OperatorId } from '../../../domain/ids.ts';
import { type ChangeTaskKey, changeTask, type ManualTask, manualAnswer } from '../../../domain/manual-task.ts';
import type { SimAnswer } from '../../../domain/operator-port.ts';
import type { OperatorAction } from '../../../domain/sim-changes.ts';
import type { PageWork } from '../process-page.ts';

/**
 * What the platform's staff have reported about SIMs of a page that wait for a change by hand. SIMs that are in no task are added
 * to one. An operation has one task at each operator, and another one only if the first was done before all SIMs were in it.
 */
export async function manualAnswers(
  { partnerId, operation, page, at }: PageWork,
  action: OperatorAction,
  operatorId: OperatorId,
  iccids: readonly string[],
): Promise<SimAnswer[]> {
  const answers: SimAnswer[] = [];
  let open = iccids;
  for (let number = 1; ; ) {
    const task = changeTask({ partnerId, operationId: operation.id, operatorId, action, number }, at);
    const [stored = task, listed = []] = await Promise.all([
      getManualTask(task.id),
      simsOfTaskPage(task.id, page.page),
    ]);
    const isListed = new Set(listed);
    answers.push(
      ...(await answersOf(
        stored,
        open.filter((iccid) => isListed.has(iccid)),
      )),
    );
    open = open.filter((iccid) => !isListed.has(iccid));
    if (open.length === 0) {
      return answers;
    }
    if (listed.length > 0 || stored.state === 'done') {
      number += 1;
    } else if (await addToManualTask(task, page.page, open)) {
      return [...answers, ...open.map((iccid): SimAnswer => ({ iccid, status: 'pending' }))];
    }
    // Otherwise another attempt has added the page, or the task was done just now: read both again.
  }
}

/** What the staff have reported about SIMs of a task. */
export async function answersOf(task: ManualTask, iccids: readonly string[]): Promise<SimAnswer[]> {
  const refusals = task.state === 'done' && iccids.length > 0 ? await refusalsOf(task.id) : new Map<string, string>();
  return iccids.map((iccid) => manualAnswer(task, iccid, refusals.get(iccid)));
}

/** What the staff have reported about SIMs of an operation, in any of its tasks at an operator. */
export async function answersInTasks(
  { partnerId, operationId, operatorId, action }: Omit<ChangeTaskKey, 'number'>,
  iccids: readonly string[],
): Promise<SimAnswer[]> {
  const answers: SimAnswer[] = [];
  for (let number = 1; answers.length < iccids.length; number += 1) {
    const { id } = changeTask({ partnerId, operationId, operatorId, action, number }, '');
    const task = await getManualTask(id);
    if (!task) {
      break;
    }
    const listed = await simsOfTask(id);
    answers.push(
      ...(await answersOf(
        task,
        iccids.filter((iccid) => listed.has(iccid)),
      )),
    );
  }
  return answers;
}
