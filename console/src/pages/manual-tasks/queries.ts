import { api, given, type Resource, read } from '../../api/client.ts';

export type ManualTask = Resource<'ManualTask'>;

export type TaskFilter = { state: ManualTask['state']; operatorId?: string | undefined };

export const readManualTasks = (filter: TaskFilter, cursor: string | undefined) =>
  read(api.GET('/v1/platform/manual-tasks', { params: { query: given({ ...filter, cursor, limit: 50 }) } }));
