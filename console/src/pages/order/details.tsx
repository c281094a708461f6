import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import { useQuery } from '@tanstack/react-query';
import { EstimatedDelivery } from '../../app/estimated-delivery.tsx';
import { formatDay, formatNumber } from '../../app/format.ts';
import { formatAddress } from '../../app/format-address.ts';
import { Time } from '../../app/time.tsx';
import * as text from '../../text/index.ts';
import { type Order, operatorsQuery } from '../orders/queries.ts';
import { PlanSummary } from './plan-summary.tsx';

/** What was ordered, where it is shipped, and the plan of its SIMs. */
export function OrderDetails({ order }: { order: Order }) {
  const operator = useQuery(operatorsQuery).data?.find(({ id }) => id === order.operatorId);
  const product = operator?.products.find(({ id }) => id === order.productId);
  const { columns } = text.orders;
  return (
    <Container header={<Header variant="h2">{text.orders.details}</Header>}>
      <KeyValuePairs
        columns={3}
        items={[
          { label: columns.id, value: order.id },
          { label: columns.operator, value: operator?.name ?? order.operatorId },
          { label: text.orders.product, value: product?.name ?? order.productId ?? text.shell.none },
          { label: columns.quantity, value: formatNumber(order.quantity) },
          { label: columns.received, value: formatNumber(order.receivedQuantity) },
          { label: columns.delivery, value: <EstimatedDelivery order={order} /> },
          {
            label: text.orders.requestedDelivery,
            value: order.requestedDeliveryDate ? formatDay(order.requestedDeliveryDate) : text.shell.none,
          },
          { label: columns.createdAt, value: <Time at={order.createdAt} /> },
          { label: text.orders.operatorReference, value: order.operatorReference ?? text.shell.none },
          {
            label: text.orders.tracking,
            value: [order.carrier, order.trackingReference].filter(Boolean).join(' ') || text.shell.none,
          },
          {
            label: text.orders.deliveryAddress,
            value: formatAddress(order.deliveryAddress),
          },
          { label: text.orders.plan, value: order.plan ? <PlanSummary plan={order.plan} /> : text.orders.noPlan },
          { label: columns.reference, value: order.reference ?? text.shell.none },
        ]}
      />
    </Container>
  );
}
