import Box from '@cloudscape-design/components/box';
import ColumnLayout from '@cloudscape-design/components/column-layout';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useQuery } from '@tanstack/react-query';
import { api, read } from '../../api/client.ts';
import { EstimatedDelivery } from '../../app/estimated-delivery.tsx';
import { formatCount, formatNumber } from '../../app/format.ts';
import { Loaded } from '../../app/loaded.tsx';
import { pollEvery } from '../../app/polling.ts';
import { RouterLink } from '../../app/router-link.tsx';
import { State } from '../../app/state.tsx';
import * as text from '../../text/index.ts';
import type { PartnerOrder } from '../desk-orders/queries.ts';
import { useOperatorNames } from '../operators/use-operator-names.ts';
import { deskWork, openOrderStates, workByOperator } from './desk-work.ts';

const words = text.home.desk;

const PAGE = { limit: 200 };
const OLDEST = 8;
const REFETCH_MS = 30_000;

/** The first pages of all that waits for the staff, oldest first. */
async function readDesk() {
  const [tasks, differences, failedWork, ...orders] = await Promise.all([
    read(api.GET('/v1/platform/manual-tasks', { params: { query: PAGE } })),
    read(api.GET('/v1/platform/differences', { params: { query: PAGE } })),
    read(api.GET('/v1/platform/set-aside', { params: { query: PAGE } })),
    ...openOrderStates.map((state) => read(api.GET('/v1/platform/orders', { params: { query: { ...PAGE, state } } }))),
  ]);
  return { tasks, differences, failedWork, orders };
}

type Desk = Awaited<ReturnType<typeof readDesk>>;

/** What waits for the wholesaler's staff: in total, by operator, and the orders that have waited longest. */
export function DeskAttention() {
  const query = useQuery({
    queryKey: ['desk', 'attention'],
    queryFn: readDesk,
    refetchInterval: pollEvery(REFETCH_MS),
  });
  return (
    <Loaded query={query}>
      {(desk) => (
        <SpaceBetween size="l">
          <Total desk={desk} />
          <ByOperator desk={desk} />
          <OldestOrders orders={desk.orders.flatMap(({ items }) => items)} />
        </SpaceBetween>
      )}
    </Loaded>
  );
}

function Total({ desk }: { desk: Desk }) {
  const { items, nextCursor } = desk.failedWork;
  const failed = formatCount({ count: items.length, isAtLeast: nextCursor !== undefined });
  const lines = [
    ...deskWork(desk).map(({ kind, count, to }) => ({ label: words.work[kind](count), to })),
    ...(items.length === 0 ? [] : [{ label: words.failedWork(failed), to: '/platform/failed-work' }]),
  ];
  return (
    <Container header={<Header variant="h2">{text.home.attention}</Header>}>
      <SpaceBetween size="xs">
        {lines.length === 0 && <StatusIndicator type="success">{text.home.nothing}</StatusIndicator>}
        {lines.map(({ label, to }) => (
          <StatusIndicator key={label} type="warning">
            <RouterLink to={to}>{label}</RouterLink>
          </StatusIndicator>
        ))}
      </SpaceBetween>
    </Container>
  );
}

function ByOperator({ desk }: { desk: Desk }) {
  const operatorName = useOperatorNames();
  const operators = workByOperator(desk);
  return (
    operators.length > 0 && (
      <Container header={<Header variant="h2">{words.byOperator}</Header>}>
        <ColumnLayout columns={3} minColumnWidth={220} variant="text-grid">
          {operators.map(({ operatorId, work }) => (
            <div key={operatorId}>
              <Box variant="h3">{operatorName(operatorId)}</Box>
              <SpaceBetween size="xs">
                {work.map(({ kind, count, to }) => (
                  <div key={kind}>
                    <RouterLink to={to}>{words.work[kind](count)}</RouterLink>
                  </div>
                ))}
              </SpaceBetween>
            </div>
          ))}
        </ColumnLayout>
      </Container>
    )
  );
}

/** Not a table: its code would be half of what the first page loads. */
function OldestOrders({ orders }: { orders: readonly PartnerOrder[] }) {
  const operatorName = useOperatorNames();
  const oldest = [...orders].sort((one, other) => (one.createdAt < other.createdAt ? -1 : 1)).slice(0, OLDEST);
  if (oldest.length === 0) {
    return null;
  }
  return (
    <Container header={<Header variant="h2">{words.oldestOrders}</Header>}>
      <SpaceBetween size="s">
        {oldest.map((order) => (
          <ColumnLayout key={order.id} columns={4} minColumnWidth={150}>
            <RouterLink to={`/desk/orders/${order.partnerId}/${order.id}`}>{order.reference ?? order.id}</RouterLink>
            <span>
              {formatNumber(order.quantity)} × {operatorName(order.operatorId)}
            </span>
            <State kind="order" value={order.state} />
            <span>
              <EstimatedDelivery order={order} />
            </span>
          </ColumnLayout>
        ))}
      </SpaceBetween>
    </Container>
  );
}
