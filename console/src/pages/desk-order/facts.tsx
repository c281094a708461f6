import { Details } from '../../app/details.tsx';
import { EstimatedDelivery } from '../../app/estimated-delivery.tsx';
import { formatDay, formatNumber } from '../../app/format.ts';
import { State } from '../../app/state.tsx';
import { Time } from '../../app/time.tsx';
import * as text from '../../text/index.ts';
import type { PartnerOrder } from '../desk-orders/queries.ts';
import { useOperatorNames } from '../operators/use-operator-names.ts';

const { columns } = text.orders;

/** What the partner ordered and where it is shipped: what the operator has to know. */
export function OrderFacts({ order }: { order: PartnerOrder }) {
  const operatorName = useOperatorNames();
  const { none } = text.shell;
  const { name, lines, city, postalCode, country } = order.deliveryAddress;
  const { contact } = order;
  return (
    <Details
      items={[
        { label: columns.state, value: <State kind="order" value={order.state} /> },
        { label: text.desk.partner, value: order.partnerId },
        { label: text.desk.operator, value: operatorName(order.operatorId) },
        { label: columns.id, value: order.id },
        { label: columns.quantity, value: formatNumber(order.quantity) },
        { label: text.orders.product, value: order.productId ?? none },
        {
          label: text.orders.deliveryAddress,
          value: [name, ...lines, [postalCode, city].filter(Boolean).join(' '), country].filter(Boolean).join(', '),
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
