import Box from '@cloudscape-design/components/box';
import ColumnLayout from '@cloudscape-design/components/column-layout';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useQuery } from '@tanstack/react-query';
import { formatNumber } from '../../app/format.ts';
import { Loaded } from '../../app/loaded.tsx';
import { pollEvery } from '../../app/polling.ts';
import { RouterLink } from '../../app/router-link.tsx';
import { State } from '../../app/state.tsx';
import { ShortTime } from '../../app/time.tsx';
import * as text from '../../text/index.ts';
import { operatorsQuery, readOrders } from '../orders/queries.ts';

/** The newest orders. Not a table: its code would be half of what the first page loads. */
export function LatestOrders() {
  const operators = useQuery(operatorsQuery).data ?? [];
  const query = useQuery({
    queryKey: ['orders', 'latest'],
    queryFn: async () => (await readOrders({}, undefined, 5)).items,
    refetchInterval: pollEvery(5000),
  });
  return (
    <Container header={<Header variant="h2">{text.home.recentOrders}</Header>}>
      <Loaded query={query}>
        {(orders) => (
          <SpaceBetween size="s">
            {orders.length === 0 && <Box color="text-body-secondary">{text.orders.emptyHint}</Box>}
            {orders.map(({ id, reference, operatorId, quantity, state, createdAt }) => (
              <ColumnLayout key={id} columns={4} minColumnWidth={150}>
                <RouterLink to={`/orders/${id}`}>{reference ?? id}</RouterLink>
                <span>
                  {formatNumber(quantity)} ×{' '}
                  {operators.find((operator) => operator.id === operatorId)?.name ?? operatorId}
                </span>
                <State kind="order" value={state} />
                <ShortTime at={createdAt} />
              </ColumnLayout>
            ))}
          </SpaceBetween>
        )}
      </Loaded>
    </Container>
  );
}
