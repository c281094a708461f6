import { useQuery } from '@tanstack/react-query';
import { Details } from '../../app/details.tsx';
import { EstimatedDelivery } from '../../app/estimated-delivery.tsx';
import { formatDay, formatNumber } from '../../app/format.ts';
import { formatAddress } from '../../app/format-address.ts';
import { RouterLink } from '../../app/router-link.tsx';
import { State } from '../../app/state.tsx';
import { Time } from '../../app/time.tsx';
import * as text from '../../text/index.ts';
import type { PartnerOrder } from '../desk-orders/queries.ts';
import { platformOperatorsQuery } from '../operators/queries.ts';
import { partnerQuery } from '../partners/queries.ts';

const { columns } = text.orders;

/** What the partner ordered and where it is shipped: what the operator has to know. */
export function OrderFacts({ order }: { order: PartnerOrder }) {
  const operator = useQuery(platformOperatorsQuery).data?.find(({ id }) => id === order.operatorId);
  const product = operator?.products.find(({ id }) => id === order.productId);
  const partner = useQuery(partnerQuery(order.partnerId)).data?.data.name ?? order.partnerId;
  const { none } = text.shell;
  const { contact } = order;
  return (
    <Details
      items={[
        { label: columns.state, value: <State kind="order" value={order.state} /> },
        {
          label: text.desk.partner,
          value: <RouterLink to={`/platform/partners/${order.partnerId}`}>{partner}</RouterLink>,
        },
        { label: text.desk.operator, value: operator?.name ?? order.operatorId },
        { label: columns.id, value: order.id },
        { label: columns.reference, value: order.reference ?? none },
        { label: columns.quantity, value: formatNumber(order.quantity) },
        { label: text.orders.product, value: product?.name ?? order.productId ?? none },
        {
          label: text.orders.deliveryAddress,
          value: formatAddress(order.deliveryAddress),
        },
        {
          label: text.orders.contact,
          value: contact ? [contact.name, contact.email, contact.phone].filter(Boolean).join(', ') : none,
        },
        { label: columns.delivery, value: <EstimatedDelivery order={order} /> },
        {
          label: text.orders.requestedDelivery,
          value: order.requestedDeliveryDate ? formatDay(order.requestedDeliveryDate) : none,
        },
        { label: text.orders.operatorReference, value: order.operatorReference ?? none },
        {
          label: text.orders.tracking,
          value: [order.carrier, order.trackingReference].filter(Boolean).join(' ') || none,
        },
        { label: columns.createdAt, value: <Time at={order.createdAt} /> },
        { label: text.desk.order.updated, value: <Time at={order.updatedAt} /> },
      ]}
    />
  );
}
