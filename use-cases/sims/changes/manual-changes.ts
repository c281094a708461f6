import { addToManualTask, getManualTask, refusalsOf, simsOfTaskPage } from '../../../adapters/dynamodb/manual-tasks.ts';
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
  { partnerId, operation, page: { page }, at }: PageWork,
  action: OperatorAction,
  operatorId: OperatorId,
  iccids: readonly string[],
): Promise<SimAnswer[]> {
  const of = { partnerId, operationId: operation.id, operatorId, action };
  for (;;) {
    const { answers, others, number } = await readTasks(of, page, iccids);
    if (others.length === 0) {
      return answers;
    }
    if (await addToManualTask(changeTask({ ...of, number }, at), page, others)) {
      return [...answers, ...others.map((iccid): SimAnswer => ({ iccid, status: 'pending' }))];
    }
    // Another attempt has added the page, or the task was done just now: read again.
  }
}

/**
 * Reads the tasks of an operation at an operator, for SIMs of one page.
 *
 * @returns what the staff have reported, the SIMs that are in no task, and the number of the task that can take them.
 */
export async function readTasks(
  of: Omit<ChangeTaskKey, 'number'>,
  page: number,
  iccids: readonly string[],
): Promise<{ answers: SimAnswer[]; others: readonly string[]; number: number }> {
  const answers: SimAnswer[] = [];
  let others = iccids;
  for (let number = 1; ; number += 1) {
    const { id } = changeTask({ ...of, number }, '');
    const [task, listed = []] = await Promise.all([getManualTask(id), simsOfTaskPage(id, page)]);
    const isListed = new Set(listed);
    const known = others.filter((iccid) => isListed.has(iccid));
    answers.push(...(task ? await answersOf(task, known) : []));
    others = others.filter((iccid) => !isListed.has(iccid));
    const canTakeThem = task?.state !== 'done' && listed.length === 0;
    if (others.length === 0 || canTakeThem) {
      return { answers, others, number };
    }
  }
}

/** What the staff have reported about SIMs of a task. */
async function answersOf(task: ManualTask, iccids: readonly string[]): Promise<SimAnswer[]> {
  const refusals = task.state === 'done' && iccids.length > 0 ? await refusalsOf(task.id) : new Map<string, string>();
  return iccids.map((iccid) => manualAnswer(task, iccid, refusals.get(iccid)));
}
