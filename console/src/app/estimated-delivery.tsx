import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { serverNow } from '../api/server-time.ts';
import * as text from '../text/index.ts';
import { formatDays } from './format.ts';
import { isLate } from './late.ts';

/** The days on which an order is expected, marked when they have passed. */
export function EstimatedDelivery({
  order,
}: {
  order: { state: string; plan?: object | undefined; estimatedDelivery: { earliest: string; latest: string } };
}) {
  const days = formatDays(order.estimatedDelivery);
  const today = serverNow().toISOString().slice(0, 10);
  return isLate(order, today) ? <StatusIndicator type="warning">{text.orders.late(days)}</StatusIndicator> : days;
}
