import SegmentedControl from '@cloudscape-design/components/segmented-control';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import type { TableProps } from '@cloudscape-design/components/table';
import type { Resource } from '../../api/client.ts';
import { FailureReason } from '../../app/failure-reason.tsx';
import { formatDay } from '../../app/format.ts';
import { ListTable } from '../../app/list-table.tsx';
import { RouterLink } from '../../app/router-link.tsx';
import { isOperationRunning } from '../../app/state-status.ts';
import { useFilters } from '../../app/use-filters.ts';
import { usePages } from '../../app/use-pages.ts';
import * as text from '../../text/index.ts';
import type { Operation } from '../operations/queries.ts';
import { type Outcome, readResults } from './queries.ts';

const columns: TableProps.ColumnDefinition<Resource<'Result'>>[] = [
  {
    id: 'iccid',
    header: text.operations.iccid,
    cell: ({ iccid }) => <RouterLink to={`/sims/${iccid}`}>{iccid}</RouterLink>,
    isRowHeader: true,
  },
  {
    id: 'outcome',
    header: text.operations.outcome,
    cell: ({ outcome }) => (
      <StatusIndicator type={outcome === 'succeeded' ? 'success' : 'error'}>
        {text.operations.outcomes[outcome]}
      </StatusIndicator>
    ),
  },
  {
    id: 'why',
    header: text.operations.why,
    cell: ({ problem, warnings }) =>
      problem ? (
        <FailureReason {...problem} />
      ) : (
        warnings?.map(({ until }) => text.operations.withinTerm(formatDay(until))).join(' ') || text.shell.none
      ),
  },
];

/** The result of each SIM, failures first in the choice. */
export function Results({ operation }: { operation: Operation }) {
  const { parameters, change } = useFilters();
  const outcome = (['failed', 'succeeded'] as const).find((value) => value === parameters.get('outcome'));
  const pages = usePages(
    // With the state: the results are read once more when the operation has ended.
    ['operations', operation.id, 'results', outcome, operation.state],
    (cursor) => readResults(operation.id, outcome, cursor),
    { refetchInterval: isOperationRunning(operation) ? 2000 : false },
  );
  const query = outcome === undefined ? '' : `&outcome=${outcome}`;
  return (
    <ListTable
      variant="container"
      title={text.operations.results}
      pages={pages}
      columns={columns}
      idOf={({ iccid }) => iccid}
      empty={{ title: text.operations.noResults }}
      csv={{ path: `/v1/operations/${operation.id}/results?limit=200${query}`, fileName: `${operation.id}.csv` }}
      filter={
        <SegmentedControl
          label={text.operations.outcome}
          selectedId={outcome ?? 'all'}
          options={(['all', 'failed', 'succeeded'] as const).map((id) => ({ id, text: text.operations.outcomes[id] }))}
          onChange={({ detail }) =>
            change('outcome', detail.selectedId === 'all' ? undefined : asOutcome(detail.selectedId))
          }
        />
      }
    />
  );
}

function asOutcome(id: string): Outcome {
  return id === 'failed' ? 'failed' : 'succeeded';
}
