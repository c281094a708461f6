import { queryOptions } from '@tanstack/react-query';
import { api, given, read } from '../../api/client.ts';
import { pollEvery } from '../../app/polling.ts';
import { isOperationRunning, POLL_MS } from '../../app/state-status.ts';

const pathOf = (id: string) => ({ params: { path: { id } } });

export const operationQuery = (id: string) =>
  queryOptions({
    queryKey: ['operations', id],
    queryFn: () => read(api.GET('/v1/operations/{id}', pathOf(id))),
    refetchInterval: pollEvery((data) =>
      data && !isOperationRunning(data) && !data.waitingForOperator ? false : POLL_MS,
    ),
  });

export type Outcome = 'succeeded' | 'failed';

export const readResults = (id: string, outcome: Outcome | undefined, cursor: string | undefined) =>
  read(
    api.GET('/v1/operations/{id}/results', {
      params: { path: { id }, query: given({ outcome, cursor, limit: 100 }) },
    }),
  );

export const cancelOperation = (id: string) => read(api.POST('/v1/operations/{id}/cancel', pathOf(id)));

export const retryOperation = (id: string) => read(api.POST('/v1/operations/{id}/retry', pathOf(id)));
