import type { TableProps } from '@cloudscape-design/components/table';
import { EstimatedDelivery } from '../../app/estimated-delivery.tsx';
import { formatNumber } from '../../app/format.ts';
import { RouterLink } from '../../app/router-link.tsx';
import { State } from '../../app/state.tsx';
import { ShortTime } from '../../app/time.tsx';
import * as text from '../../text/index.ts';
import type { PartnerOrder } from './queries.ts';

const { columns } = text.orders;

/** @param names the names of operators and partners by their ids */
export function manualOrderColumns({
  operatorName,
  partnerName,
}: {
  operatorName: (id: string) => string;
  partnerName: (id: string) => string;
}): TableProps.ColumnDefinition<PartnerOrder>[] {
  return [
    {
      id: 'id',
      header: columns.id,
      cell: ({ partnerId, id }) => <RouterLink to={`/desk/orders/${partnerId}/${id}`}>{id}</RouterLink>,
      isRowHeader: true,
    },
    { id: 'partner', header: text.desk.partner, cell: ({ partnerId }) => partnerName(partnerId) },
    { id: 'operator', header: text.desk.operator, cell: ({ operatorId }) => operatorName(operatorId) },
    { id: 'state', header: columns.state, cell: ({ state }) => <State kind="order" value={state} /> },
    {
      id: 'loaded',
      header: text.desk.orders.loaded,
      cell: ({ progress, quantity }) =>
        text.desk.orders.loadedOf(formatNumber(progress.received), formatNumber(quantity)),
    },
    { id: 'delivery', header: columns.delivery, cell: (order) => <EstimatedDelivery order={order} /> },
    { id: 'createdAt', header: columns.createdAt, cell: ({ createdAt }) => <ShortTime at={createdAt} /> },
  ];
}
