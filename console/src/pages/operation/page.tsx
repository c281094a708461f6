import Button from '@cloudscape-design/components/button';
import ContentLayout from '@cloudscape-design/components/content-layout';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useNavigate, useParams } from 'react-router';
import { Loaded } from '../../app/loaded.tsx';
import { useNotify } from '../../app/notifications.tsx';
import { PageHeader } from '../../app/page-title.tsx';
import { isOperationRunning } from '../../app/state-status.ts';
import { useSession } from '../../session/session-context.tsx';
import * as text from '../../text/index.ts';
import { stateText } from '../../text/state-text.ts';
import type { Operation } from '../operations/queries.ts';
import { CancelOperation } from './cancel-operation.tsx';
import { OperationDetails } from './details.tsx';
import { operationQuery, retryOperation } from './queries.ts';
import { Results } from './results.tsx';

/** An action on SIMs, which the page follows until it ends: progress, failures with their reasons, and a retry. */
export default function OperationPage() {
  const { id = '' } = useParams();
  const query = useQuery(operationQuery(id));
  return (
    <Loaded query={query}>
      {(operation) => (
        <ContentLayout
          header={
            <PageHeader
              description={isOperationRunning(operation) ? text.operations.follow : undefined}
              actions={<Actions operation={operation} />}
            >
              {text.operations.operation(stateText('action', operation.action))}
            </PageHeader>
          }
        >
          <SpaceBetween size="l">
            <OperationDetails operation={operation} />
            <Results operation={operation} />
          </SpaceBetween>
        </ContentLayout>
      )}
    </Loaded>
  );
}

function Actions({ operation }: { operation: Operation }) {
  const { can } = useSession();
  const notify = useNotify();
  const navigate = useNavigate();
  const [isCancelling, setCancelling] = useState(false);
  const retry = useMutation({
    mutationFn: () => retryOperation(operation.id),
    onSuccess: ({ id }) => {
      notify('success', text.operations.retried);
      navigate(`/operations/${id}`);
    },
    onError: (error: Error) => notify('error', error.message),
  });
  const isRunning = isOperationRunning(operation);
  return (
    <>
      <SpaceBetween direction="horizontal" size="xs">
        {can('cancelOperation') && isRunning && (
          <Button onClick={() => setCancelling(true)}>{text.operations.cancel}</Button>
        )}
        {can('retryOperation') && !isRunning && !operation.dryRun && operation.failed > 0 && (
          <Button variant="primary" loading={retry.isPending} onClick={() => retry.mutate()}>
            {text.operations.retry(operation.failed)}
          </Button>
        )}
      </SpaceBetween>
      {isCancelling && <CancelOperation operation={operation} onClose={() => setCancelling(false)} />}
    </>
  );
}
