import { chunksThatFit } from '../../domain/chunks.ts';
import type { ManualTaskId } from '../../domain/ids.ts';
import {
  completed,
  type ManualTask,
  type ManualTaskState,
  manualTaskStates,
  type RefusedSim,
} from '../../domain/manual-task.ts';
import { absent, exists } from './conditions.ts';
import { itemKinds } from './item-kinds.ts';
import { query, queryAll } from './queries.ts';
import { get } from './reads.ts';
import { absentItem, put, remove, update, type Write } from './write-requests.ts';
import { transactIf } from './writes.ts';

/** Creates a task. */
export function putManualTask(task: ManualTask): Write {
  return put({ ...task, ...itemKinds.manualTask.key(task) }, absent);
}

export async function getManualTask(id: ManualTaskId): Promise<ManualTask | undefined> {
  const found = await Promise.all(
    manualTaskStates.map((state) => get<ManualTask>(itemKinds.manualTask.key({ id, state }))),
  );
  // While a task is moved, the first read can miss it; `done` is final.
  return found.findLast((task) => task !== undefined);
}

/** Moves an open task to those that are done. Fails when it is done already. */
export function completionWrites(task: ManualTask, actor: string, at: string): Write[] {
  const done = completed(task, actor, at);
  return [remove(itemKinds.manualTask.key(task), exists), put({ ...done, ...itemKinds.manualTask.key(done) }, absent)];
}

/** The tasks in a state, oldest first. */
export async function queryManualTasks(
  state: ManualTaskState,
  limit: number,
  after: string | undefined,
): Promise<{ items: ManualTask[]; last?: string }> {
  return query<ManualTask>({ ...itemKinds.manualTask.range({ state }), after }, limit);
}

/** The position from which a list of tasks continues after one. */
export const manualTaskPosition = (task: Pick<ManualTask, 'id' | 'state'>) => itemKinds.manualTask.sk(task);

/** SIMs of a task that are in one page of its operation. */
export type TaskPage = { page: number; iccids: readonly string[] };

/**
 * Adds SIMs of a page to a task, and creates the task with the first page.
 *
 * @returns false when the page has been added already, or the task is done.
 */
export async function addToManualTask(task: ManualTask, page: number, iccids: readonly string[]): Promise<boolean> {
  const { count: _count, ...fields } = task;
  const done: ManualTaskState = 'done';
  return transactIf([
    put({ ...itemKinds.manualTaskPage.key({ taskId: task.id, page }), page, iccids }, absent),
    update(itemKinds.manualTask.key(task), { setIfAbsent: fields, add: { count: iccids.length } }),
    absentItem(itemKinds.manualTask.key({ id: task.id, state: done })),
  ]);
}

/** The SIMs of a page that a task has; `undefined` when the page is not in it. */
export async function simsOfTaskPage(taskId: ManualTaskId, page: number): Promise<readonly string[] | undefined> {
  return (await get<TaskPage>(itemKinds.manualTaskPage.key({ taskId, page })))?.iccids;
}

/** Pages of SIMs of a task, in order, from a page on. */
export async function taskPagesFrom(
  taskId: ManualTaskId,
  page: number,
  limit: number,
): Promise<{ items: TaskPage[]; last?: string }> {
  const from = itemKinds.manualTaskPage.sk({ page });
  return query<TaskPage>({ ...itemKinds.manualTaskPage.range({ taskId }), from }, limit);
}

/** All SIMs of a task. */
export async function simsOfTask(taskId: ManualTaskId): Promise<Set<string>> {
  const pages = await queryAll<TaskPage>(itemKinds.manualTaskPage.range({ taskId }));
  return new Set(pages.flatMap(({ iccids }) => iccids));
}

/** The number of refused SIMs in one item, which stays far below 400 KB. */
const REFUSALS_PER_ITEM = 500;

/**
 * Completes a task, together with the SIMs that the operator refused.
 *
 * @returns false when the task is done already.
 */
export async function completeManualTask(
  task: ManualTask,
  refused: readonly RefusedSim[],
  actor: string,
  at: string,
): Promise<boolean> {
  const chunks = chunksThatFit(
    refused,
    () => [],
    (sims) => sims <= REFUSALS_PER_ITEM,
  );
  return transactIf([
    ...completionWrites(task, actor, at),
    ...chunks.map((sims, part) =>
      put({ ...itemKinds.manualTaskRefusals.key({ taskId: task.id, part }), sims }, absent),
    ),
  ]);
}

/** The reason for each SIM of a task that the operator refused, by ICCID. */
export async function refusalsOf(taskId: ManualTaskId): Promise<Map<string, string>> {
  const parts = await queryAll<{ sims: RefusedSim[] }>(itemKinds.manualTaskRefusals.range({ taskId }));
  return new Map(parts.flatMap(({ sims }) => sims.map(({ iccid, reason }): [string, string] => [iccid, reason])));
}
