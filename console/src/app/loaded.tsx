import Spinner from '@cloudscape-design/components/spinner';
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { isRefused } from '../api/api-problem.ts';
import * as text from '../text/index.ts';
import { useTitleOfFailure } from './page-title.tsx';
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
    <Failed error={query.error} onRetry={() => void query.refetch()} />
  ) : (
    <div role="status" aria-label={text.shell.loading}>
      <Spinner size="large" />
    </div>
  );
}

function Failed(problem: { error: Error; onRetry: () => void }) {
  useTitleOfFailure(isRefused(problem.error) ? text.shell.notFoundTitle : text.shell.broken);
  return <ProblemAlert {...problem} />;
}
