import { queryOptions } from '@tanstack/react-query';
import { api, given, type Resource, read } from '../../api/client.ts';
import type { RefusedSim } from './refused-sims.ts';

export type TaskSim = Resource<'ManualTaskSim'>;

export const taskQuery = (manualTaskId: string) =>
  queryOptions({
    queryKey: ['manual tasks', manualTaskId],
    queryFn: () => read(api.GET('/v1/platform/manual-tasks/{manualTaskId}', { params: { path: { manualTaskId } } })),
  });

export const readTaskSims = (manualTaskId: string, cursor: string | undefined) =>
  read(
    api.GET('/v1/platform/manual-tasks/{manualTaskId}/sims', {
      params: { path: { manualTaskId }, query: given({ cursor, limit: 50 }) },
    }),
  );

export const completeTask = (manualTaskId: string, refused: readonly RefusedSim[]) =>
  read(
    api.POST('/v1/platform/manual-tasks/{manualTaskId}/complete', {
      params: { path: { manualTaskId } },
      body: { refused: [...refused] },
    }),
  );
