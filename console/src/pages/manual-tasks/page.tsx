import SpaceBetween from '@cloudscape-design/components/space-between';
import type { TableProps } from '@cloudscape-design/components/table';
import { useQuery } from '@tanstack/react-query';
import { FilterChoice } from '../../app/filter-choice.tsx';
import { formatNumber } from '../../app/format.ts';
import { ListTable } from '../../app/list-table.tsx';
import { RouterLink } from '../../app/router-link.tsx';
import { ShortTime } from '../../app/time.tsx';
import { useFilters } from '../../app/use-filters.ts';
import { usePages } from '../../app/use-pages.ts';
import * as text from '../../text/index.ts';
import { platformOperatorsQuery } from '../operators/queries.ts';
import { useOperatorNames } from '../operators/use-operator-names.ts';
import { usePartnerNames } from '../partners/use-partner-names.ts';
import { type ManualTask, readManualTasks, type TaskFilter } from './queries.ts';
import { TaskState } from './task-state.tsx';

const t = text.desk.tasks;

/** What the staff do at operators without an API, oldest first. */
export default function ManualTasksPage() {
  const { parameters, change } = useFilters();
  const operatorName = useOperatorNames();
  const partnerName = usePartnerNames();
  const operators = useQuery(platformOperatorsQuery).data ?? [];
  const filter: TaskFilter = {
    state: parameters.get('state') === 'done' ? 'done' : 'open',
    operatorId: parameters.get('operatorId') ?? undefined,
  };
  const pages = usePages(['manual tasks', filter], (cursor) => readManualTasks(filter, cursor), {
    refetchInterval: 10_000,
  });
  return (
    <ListTable
      title={t.title}
      pages={pages}
      columns={taskColumns({ operatorName, partnerName }, filter.state)}
      idOf={({ id }) => id}
      empty={{ title: t.empty, hint: t.emptyHint }}
      csv={{ path: `/v1/platform/manual-tasks?limit=200&${parameters}`, fileName: 'manual-tasks.csv' }}
      filter={
        <SpaceBetween direction="horizontal" size="xs">
          <FilterChoice
            label={text.desk.filterState}
            all={t.open}
            value={filter.state}
            options={[{ value: 'done', label: t.done }]}
            onChange={(value) => change('state', value)}
          />
          <FilterChoice
            label={text.desk.filterOperator}
            all={text.desk.allOperators}
            value={filter.operatorId}
            options={operators.map(({ id, name }) => ({ value: id, label: name }))}
            onChange={(value) => change('operatorId', value)}
          />
        </SpaceBetween>
      }
    />
  );
}

function taskColumns(
  { operatorName, partnerName }: { operatorName: (id: string) => string; partnerName: (id: string) => string },
  state: ManualTask['state'],
): TableProps.ColumnDefinition<ManualTask>[] {
  return [
    {
      id: 'action',
      header: t.columns.action,
      cell: ({ id, action }) => <RouterLink to={`/desk/tasks/${id}`}>{t.actions[action]}</RouterLink>,
      isRowHeader: true,
    },
    { id: 'count', header: t.columns.count, cell: ({ count }) => formatNumber(count) },
    { id: 'operator', header: text.desk.operator, cell: ({ operatorId }) => operatorName(operatorId) },
    { id: 'partner', header: text.desk.partner, cell: ({ partnerId }) => partnerName(partnerId) },
    { id: 'state', header: t.columns.state, cell: (task) => <TaskState task={task} /> },
    { id: 'createdAt', header: t.columns.createdAt, cell: ({ createdAt }) => <ShortTime at={createdAt} /> },
    ...(state === 'done'
      ? [
          {
            id: 'doneAt',
            header: t.columns.doneAt,
            cell: ({ doneAt }: ManualTask) => <ShortTime at={doneAt} />,
          },
        ]
      : []),
    { id: 'id', header: t.columns.id, cell: ({ id }) => id },
  ];
}
