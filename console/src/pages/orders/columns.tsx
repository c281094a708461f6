import type { TableProps } from '@cloudscape-design/components/table';
import { EstimatedDelivery } from '../../app/estimated-delivery.tsx';
import { formatNumber } from '../../app/format.ts';
import { RouterLink } from '../../app/router-link.tsx';
import { State } from '../../app/state.tsx';
import { ShortTime } from '../../app/time.tsx';
import * as text from '../../text/index.ts';
import type { Order } from './queries.ts';

const { columns } = text.orders;

/** @param operatorName the name of an operator by its id */
export function orderColumns(operatorName: (id: string) => string): TableProps.ColumnDefinition<Order>[] {
  return [
    {
      id: 'id',
      header: columns.id,
      cell: ({ id }) => <RouterLink to={`/orders/${id}`}>{id}</RouterLink>,
      isRowHeader: true,
    },
    { id: 'reference', header: columns.reference, cell: ({ reference }) => reference ?? text.shell.none },
    { id: 'operator', header: columns.operator, cell: ({ operatorId }) => operatorName(operatorId) },
    { id: 'quantity', header: columns.quantity, cell: ({ quantity }) => formatNumber(quantity) },
    { id: 'state', header: columns.state, cell: ({ state }) => <State kind="order" value={state} /> },
    { id: 'delivery', header: columns.delivery, cell: (order) => <EstimatedDelivery order={order} /> },
    { id: 'createdAt', header: columns.createdAt, cell: ({ createdAt }) => <ShortTime at={createdAt} /> },
  ];
}
