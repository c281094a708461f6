import type { TableProps } from '@cloudscape-design/components/table';
import { useQuery } from '@tanstack/react-query';
import { api, given, type Resource, read } from '../../api/client.ts';
import { FilterChoice } from '../../app/filter-choice.tsx';
import { ListTable } from '../../app/list-table.tsx';
import { RouterLink } from '../../app/router-link.tsx';
import { useFilters } from '../../app/use-filters.ts';
import { usePages } from '../../app/use-pages.ts';
import { describeAllowance, formatPrice } from '../../services/tariff-text.ts';
import * as text from '../../text/index.ts';
import { operatorsQuery } from '../orders/queries.ts';

const words = text.tariffs;

/** The tariffs that the wholesaler grants to the partner. */
export default function TariffsPage() {
  const { parameters, change } = useFilters();
  const operators = useQuery(operatorsQuery).data ?? [];
  const operatorId = parameters.get('operatorId') ?? undefined;
  const pages = usePages(['tariffs', 'list', operatorId], (cursor) =>
    read(api.GET('/v1/tariffs', { params: { query: given({ operatorId, cursor, limit: 50 }) } })),
  );
  return (
    <ListTable
      title={words.title}
      pages={pages}
      columns={columnsWith((id) => operators.find((operator) => operator.id === id)?.name ?? id)}
      idOf={({ id }) => id}
      empty={{ title: words.empty, hint: words.emptyHint }}
      csv={{ path: `/v1/tariffs?limit=200&${parameters}`, fileName: 'tariffs.csv' }}
      filter={
        <FilterChoice
          label={words.filterOperator}
          all={words.allOperators}
          value={operatorId}
          options={operators.map(({ id, name }) => ({ value: id, label: name }))}
          onChange={(value) => change('operatorId', value)}
        />
      }
    />
  );
}

function columnsWith(operatorName: (id: string) => string): TableProps.ColumnDefinition<Resource<'Tariff'>>[] {
  const { columns } = words;
  return [
    {
      id: 'name',
      header: columns.name,
      isRowHeader: true,
      cell: ({ id, name }) => <RouterLink to={`/tariffs/${id}`}>{name}</RouterLink>,
    },
    { id: 'audience', header: columns.audience, cell: ({ audience }) => words.audience[audience] },
    {
      id: 'operators',
      header: columns.operators,
      cell: ({ operatorIds }) => operatorIds.map(operatorName).join(', '),
    },
    { id: 'allowance', header: columns.allowance, cell: describeAllowance },
    { id: 'price', header: columns.price, cell: ({ monthlyPrice }) => formatPrice(monthlyPrice) },
    { id: 'term', header: columns.term, cell: ({ minimumTermMonths }) => words.months(minimumTermMonths) },
  ];
}
