import { queryOptions } from '@tanstack/react-query';
import { api, given, type Resource, read, readWithEtag } from '../../api/client.ts';

export type Operator = Resource<'PlatformOperator'>;

/** The settings of an operator in a request. */
export type OperatorSettings = Omit<Operator, 'id'>;

export const readOperators = (cursor?: string) =>
  read(api.GET('/v1/platform/operators', { params: { query: given({ limit: 50, cursor }) } }));

/** All operators with their settings. There are at most 50. */
export const platformOperatorsQuery = queryOptions({
  queryKey: ['platform operators', 'all'],
  queryFn: async () => (await readOperators()).items,
  staleTime: 60_000,
});

export const platformOperatorQuery = (operatorId: string) =>
  queryOptions({
    queryKey: ['platform operators', operatorId],
    queryFn: () => readWithEtag(api.GET('/v1/platform/operators/{operatorId}', { params: { path: { operatorId } } })),
  });

/** Creates or replaces an operator. `conditions` prevent that it overwrites another one, or a change. */
export const saveOperator = (
  operatorId: string,
  body: OperatorSettings,
  conditions: { headers?: Record<string, string> },
): Promise<Operator> =>
  read(api.PUT('/v1/platform/operators/{operatorId}', { params: { path: { operatorId } }, body, ...conditions }));
