import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from 'react-router';
import { orderStates } from '../../../../domain/order.ts';
import { FilterChoice } from '../../app/filter-choice.tsx';
import { ListTable } from '../../app/list-table.tsx';
import { useFilters } from '../../app/use-filters.ts';
import { usePages } from '../../app/use-pages.ts';
import { useSession } from '../../session/session-context.tsx';
import * as text from '../../text/index.ts';
import { stateText } from '../../text/state-text.ts';
import { orderColumns } from './columns.tsx';
import { type OrderFilter, operatorsQuery, readOrders } from './queries.ts';

/** All orders, newest first. */
export default function OrdersPage() {
  const { can } = useSession();
  const navigate = useNavigate();
  const { parameters, change } = useFilters();
  const operators = useQuery(operatorsQuery).data ?? [];
  const filter: OrderFilter = {
    state: orderStates.find((state) => state === parameters.get('state')),
    operatorId: parameters.get('operatorId') ?? undefined,
  };
  const pages = usePages(['orders', filter], (cursor) => readOrders(filter, cursor));
  return (
    <ListTable
      title={text.orders.title}
      pages={pages}
      columns={orderColumns((id) => operators.find((operator) => operator.id === id)?.name ?? id)}
      idOf={({ id }) => id}
      empty={{ title: text.orders.empty, hint: text.orders.emptyHint }}
      csv={{ path: `/v1/orders?limit=200&${parameters}`, fileName: 'orders.csv' }}
      actions={
        can('createOrder') && (
          <Button variant="primary" onClick={() => navigate('/orders/new')}>
            {text.orders.create}
          </Button>
        )
      }
      filter={
        <SpaceBetween direction="horizontal" size="xs">
          <FilterChoice
            label={text.orders.filterState}
            all={text.orders.allStates}
            value={filter.state}
            options={orderStates.map((state) => ({ value: state, label: stateText('order', state) }))}
            onChange={(value) => change('state', value)}
          />
          <FilterChoice
            label={text.orders.filterOperator}
            all={text.orders.allOperators}
            value={filter.operatorId}
            options={operators.map(({ id, name }) => ({ value: id, label: name }))}
            onChange={(value) => change('operatorId', value)}
          />
        </SpaceBetween>
      }
    />
  );
}
