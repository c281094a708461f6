import Box from '@cloudscape-design/components/box';
import type { TableProps } from '@cloudscape-design/components/table';
import { formatNumber } from '../../app/format.ts';
import { RouterLink } from '../../app/router-link.tsx';
import { State } from '../../app/state.tsx';
import { ShortTime } from '../../app/time.tsx';
import * as text from '../../text/index.ts';
import { stateText } from '../../text/state-text.ts';
import { Requester } from '../operation/requester.tsx';
import type { Operation } from './queries.ts';

const { columns } = text.operations;

export const operationColumns: TableProps.ColumnDefinition<Operation>[] = [
  {
    id: 'id',
    header: columns.id,
    cell: ({ id, action }) => <RouterLink to={`/operations/${id}`}>{stateText('action', action)}</RouterLink>,
    isRowHeader: true,
  },
  { id: 'state', header: columns.state, cell: (operation) => <OperationState {...operation} /> },
  {
    id: 'total',
    header: columns.total,
    cell: ({ total }) => (total === undefined ? text.shell.none : formatNumber(total)),
  },
  { id: 'succeeded', header: columns.succeeded, cell: ({ succeeded }) => formatNumber(succeeded) },
  { id: 'failed', header: columns.failed, cell: ({ failed }) => formatNumber(failed) },
  { id: 'createdAt', header: columns.createdAt, cell: ({ createdAt }) => <ShortTime at={createdAt} /> },
  { id: 'requestedBy', header: columns.requestedBy, cell: (operation) => <Requester operation={operation} /> },
  { id: 'finishedAt', header: columns.finishedAt, cell: ({ finishedAt }) => <ShortTime at={finishedAt} /> },
];

/** The state, and when an operation starts that is scheduled. */
function OperationState({ state, effectiveAt }: Operation) {
  return (
    <>
      <State kind="operation" value={state} />
      {state === 'scheduled' && effectiveAt !== undefined && (
        <Box variant="small" display="block">
          {text.operations.effectiveAt} <ShortTime at={effectiveAt} />
        </Box>
      )}
    </>
  );
}
