import type { ManualTaskId } from '../../domain/ids.ts';
import { completed, type ManualTask, type ManualTaskState, manualTaskStates } from '../../domain/manual-task.ts';
import { absent, exists } from './conditions.ts';
import { itemKinds } from './item-kinds.ts';
import { query } from './queries.ts';
import { get } from './reads.ts';
import { put, remove, type Write } from './write-requests.ts';

/** Creates a task. */
export function putManualTask(task: ManualTask): Write {
  return put({ ...task, ...itemKinds.manualTask.key(task) }, absent);
}

export async function getManualTask(id: ManualTaskId): Promise<ManualTask | undefined> {
  const found = await Promise.all(
    manualTaskStates.map((state) => get<ManualTask>(itemKinds.manualTask.key({ id, state }))),
  );
  return found.find((task) => task !== undefined);
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
