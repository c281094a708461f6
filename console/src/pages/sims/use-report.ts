import { type UseQueryResult, useQuery } from '@tanstack/react-query';
import { isOperationRunning } from '../../app/state-status.ts';
import { operationQuery, readResults } from '../operation/queries.ts';
import { type DryRun, isReport, type Operation } from './queries.ts';
import { type Report, reportOf } from './report.ts';

/** What a check has found; while the operation of a large check runs, its id alone. */
export type Found = {
  report?: Report;
  /** The number of SIMs that the action is for. */
  total?: number;
  operationId?: string;
  /** Why the operation failed. */
  failure?: string;
  /** The number of SIMs whose reasons are in the report, when there are more. */
  reasonsOf?: number;
};

/** What a check has found. More than 1,000 SIMs are checked by an operation, which is followed until it ends. */
export function useReport({ data }: Pick<UseQueryResult<DryRun | Operation>, 'data'>): Found {
  const started = data && !isReport(data) ? data.id : undefined;
  const operation = useQuery({ ...operationQuery(started ?? ''), enabled: started !== undefined }).data;
  const isDone = started !== undefined && operation !== undefined && !isOperationRunning(operation);
  const failed = useQuery({
    queryKey: ['operations', started, 'results', 'why'],
    queryFn: () => readResults(started ?? '', 'failed', undefined),
    enabled: isDone && operation.failed > 0,
  }).data;
  if (data && isReport(data)) {
    return { report: reportOf(data, data.results), total: data.total };
  }
  if (started === undefined || !isDone) {
    return { ...(started !== undefined && { operationId: started }) };
  }
  const { succeeded, unchanged = 0, failed: ineligible, total, failure } = operation;
  return {
    report: reportOf({ eligible: succeeded, unchanged, ineligible }, failed?.items ?? []),
    operationId: started,
    ...(total !== undefined && { total }),
    ...(failure && { failure: failure.detail }),
    ...(failed?.nextCursor !== undefined && { reasonsOf: failed.items.length }),
  };
}
