import SpaceBetween from '@cloudscape-design/components/space-between';
import { operationStates } from '../../../../domain/operation.ts';
import { operationActions } from '../../../../domain/sim-actions.ts';
import { FilterChoice } from '../../app/filter-choice.tsx';
import { ListTable } from '../../app/list-table.tsx';
import { useFilters } from '../../app/use-filters.ts';
import { usePages } from '../../app/use-pages.ts';
import * as text from '../../text/index.ts';
import { stateText } from '../../text/state-text.ts';
import { operationColumns } from './columns.tsx';
import { type OperationFilter, readOperations } from './queries.ts';

/** All actions on SIMs, newest first. */
export default function OperationsPage() {
  const { parameters, change } = useFilters();
  const filter: OperationFilter = {
    action: operationActions.find((action) => action === parameters.get('action')),
    state: operationStates.find((state) => state === parameters.get('state')),
  };
  const pages = usePages(['operations', filter], (cursor) => readOperations(filter, cursor));
  return (
    <ListTable
      title={text.operations.title}
      pages={pages}
      columns={operationColumns}
      idOf={({ id }) => id}
      empty={{ title: text.operations.empty, hint: text.operations.emptyHint }}
      csv={{ path: `/v1/operations?limit=200&${parameters}`, fileName: 'operations.csv' }}
      filter={
        <SpaceBetween direction="horizontal" size="xs">
          <FilterChoice
            label={text.operations.filterAction}
            all={text.operations.allActions}
            value={filter.action}
            options={operationActions.map((action) => ({ value: action, label: stateText('action', action) }))}
            onChange={(value) => change('action', value)}
          />
          <FilterChoice
            label={text.operations.filterState}
            all={text.operations.allStates}
            value={filter.state}
            options={operationStates.map((state) => ({ value: state, label: stateText('operation', state) }))}
            onChange={(value) => change('state', value)}
          />
        </SpaceBetween>
      }
    />
  );
}
