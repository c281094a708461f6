import Alert from '@cloudscape-design/components/alert';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import ProgressBar from '@cloudscape-design/components/progress-bar';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { formatNumber, formatTime } from '../../app/format.ts';
import { RouterLink } from '../../app/router-link.tsx';
import { State } from '../../app/state.tsx';
import { Time } from '../../app/time.tsx';
import * as text from '../../text/index.ts';
import { reasonText } from '../../text/state-text.ts';
import type { Operation } from '../operations/queries.ts';
import type { Names } from '../sims/names.ts';
import { useNames } from '../sims/use-names.ts';
import { describeSelection } from './describe-selection.ts';
import { describeTarget } from './describe-target.ts';
import { hasProgress, isCancelledBeforeStart, percentDone } from './progress.ts';
import { Requester } from './requester.tsx';

export function OperationDetails({ operation }: { operation: Operation }) {
  const { succeeded, failed, unchanged, target, partOf, waitingForOperator = 0 } = operation;
  const { columns } = text.operations;
  const { filter = {}, orderId = filter.orderId } = operation.selection;
  const names = useNames([filter, target ?? {}], orderId);
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
        {isCancelledBeforeStart(operation) && <Alert type="info">{text.operations.cancelledBeforeStart}</Alert>}
        {operation.state === 'scheduled' && operation.effectiveAt !== undefined ? (
          <Alert type="info">{text.operations.startsOn(formatTime(operation.effectiveAt).local)}</Alert>
        ) : (
          hasProgress(operation) && <Progress operation={operation} />
        )}
        {waitingForOperator > 0 && <Alert type="info">{text.operations.waiting(waitingForOperator)}</Alert>}
        <KeyValuePairs
          columns={3}
          minColumnWidth={250}
          items={[
            { label: columns.id, value: operation.id },
            { label: text.operations.selection, value: describeSelection(operation.selection, names) },
            { label: columns.succeeded, value: formatNumber(succeeded) },
            { label: columns.failed, value: formatNumber(failed) },
            ...(unchanged === undefined ? [] : [{ label: text.operations.unchanged, value: formatNumber(unchanged) }]),
            { label: text.operations.target, value: <Target target={target} names={names} /> },
            ...(partOf === undefined
              ? []
              : [
                  {
                    label: text.operations.partOf,
                    value: <RouterLink to={`/operations/${partOf}`}>{partOf}</RouterLink>,
                  },
                ]),
            {
              label: text.operations.reason,
              value: operation.reason === undefined ? text.shell.none : reasonText(operation.reason),
            },
            { label: text.operations.requestedBy, value: <Requester operation={operation} /> },
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

function Progress({ operation }: { operation: Operation }) {
  const { total, succeeded, failed, state } = operation;
  return (
    <ProgressBar
      label={text.operations.progress}
      value={state === 'succeeded' ? 100 : percentDone(operation)}
      additionalInfo={
        total === undefined ? text.operations.selecting : text.operations.progressOf(succeeded + failed, total)
      }
    />
  );
}

function Target({ target, names }: { target: Operation['target']; names: Names }) {
  const parts = describeTarget(target, names);
  return parts.length === 0
    ? text.shell.none
    : parts.map(({ text: words, link }) => (
        <div key={words}>{link === undefined ? words : <RouterLink to={link}>{words}</RouterLink>}</div>
      ));
}
