import { queryOptions } from '@tanstack/react-query';
import { api, type Resource, read } from '../../api/client.ts';

export type Operator = Resource<'PlatformOperator'>;

export const readOperators = (cursor?: string) =>
  read(
    api.GET('/v1/platform/operators', { params: { query: { limit: 50, ...(cursor !== undefined && { cursor }) } } }),
  );

/** All operators with their settings. There are at most 50. */
export const platformOperatorsQuery = queryOptions({
  queryKey: ['platform operators', 'all'],
  queryFn: async () => (await readOperators()).items,
  staleTime: 60_000,
});
