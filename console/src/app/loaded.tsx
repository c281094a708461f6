import Spinner from '@cloudscape-design/components/spinner';
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import * as text from '../text/index.ts';
import { ProblemAlert } from './problem-alert.tsx';

/** Shows what a query read; until then a spinner, and its problem when it failed. */
export function Loaded<Data>({
  query,
  children,
}: {
  query: UseQueryResult<Data>;
  children: (data: Data) => ReactNode;
}) {
  if (query.data !== undefined) {
    return children(query.data);
  }
  return query.isError ? (
    <ProblemAlert error={query.error} onRetry={() => void query.refetch()} />
  ) : (
    <div role="status" aria-label={text.shell.loading}>
      <Spinner size="large" />
    </div>
  );
}
