import Alert from '@cloudscape-design/components/alert';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import ProgressBar from '@cloudscape-design/components/progress-bar';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { formatNumber } from '../../app/format.ts';
import { State } from '../../app/state.tsx';
import { Time } from '../../app/time.tsx';
import * as text from '../../text/index.ts';
import type { Operation } from '../operations/queries.ts';
import { describeSelection, percentDone } from './describe-selection.ts';

export function OperationDetails({ operation }: { operation: Operation }) {
  const { total, succeeded, failed, target, waitingForOperator = 0 } = operation;
  const { columns } = text.operations;
  return (
    <Container
      header={
        <Header variant="h2" info={<State kind="operation" value={operation.state} />}>
          {text.operations.progress}
        </Header>
      }
    >
      <SpaceBetween size="l">
        {operation.dryRun && <Alert type="info">{text.operations.dryRun}</Alert>}
        {operation.failure && <Alert type="error">{operation.failure.detail}</Alert>}
        <ProgressBar
          label={text.operations.progress}
          value={operation.state === 'succeeded' ? 100 : percentDone(operation)}
          additionalInfo={
            total === undefined ? text.operations.selecting : text.operations.progressOf(succeeded + failed, total)
          }
        />
        {waitingForOperator > 0 && <Alert type="info">{text.operations.waiting(waitingForOperator)}</Alert>}
        <KeyValuePairs
          columns={3}
          items={[
            { label: columns.id, value: operation.id },
            { label: text.operations.selection, value: describeSelection(operation.selection) },
            { label: columns.succeeded, value: formatNumber(succeeded) },
            { label: columns.failed, value: formatNumber(failed) },
            { label: text.operations.target, value: Object.values(target ?? {}).join(', ') || text.shell.none },
            { label: text.operations.reason, value: operation.reason ?? text.shell.none },
            { label: text.operations.requestedBy, value: operation.requestedBy },
            { label: columns.createdAt, value: <Time at={operation.createdAt} /> },
            { label: text.operations.effectiveAt, value: <Time at={operation.effectiveAt} /> },
            { label: text.operations.startedAt, value: <Time at={operation.startedAt} /> },
            { label: text.operations.finishedAt, value: <Time at={operation.finishedAt} /> },
          ]}
        />
      </SpaceBetween>
    </Container>
  );
}
