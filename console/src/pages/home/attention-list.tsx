import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useQuery } from '@tanstack/react-query';
import { formatCount } from '../../app/format.ts';
import { RouterLink } from '../../app/router-link.tsx';
import * as text from '../../text/index.ts';
import { readOperations } from '../operations/queries.ts';
import { readOrders } from '../orders/queries.ts';
import { hasFailed, isLate, needsRetry } from './attention.ts';
import { fleetQuery } from './queries.ts';

const LATEST = 200;

/** Orders, operations and SIMs for which somebody has something to do. */
export function Attention() {
  const orders = useQuery({
    queryKey: ['orders', 'attention'],
    queryFn: async () => (await readOrders({}, undefined, LATEST)).items,
    refetchInterval: 15_000,
  });
  const operations = useQuery({
    queryKey: ['operations', 'attention'],
    queryFn: async () => (await readOperations({}, undefined, LATEST)).items,
    refetchInterval: 15_000,
  });
  const fleet = useQuery(fleetQuery);
  const now = new Date();
  const today = now.toISOString().slice(0, 10);
  const holding = fleet.data?.find(({ state }) => state === 'in_holding') ?? { count: 0, isAtLeast: false };
  const lines = [
    lineOf(orders.data?.filter((order) => isLate(order, today)).length, {
      one: text.home.lateOrder,
      many: text.home.lateOrders,
      to: '/orders',
    }),
    lineOf(orders.data?.filter(hasFailed).length, {
      one: text.home.failedOrder,
      many: text.home.failedOrders,
      to: '/orders?state=failed',
    }),
    lineOf(operations.data?.filter((operation) => needsRetry(operation, now)).length, {
      one: text.home.failedOperation,
      many: text.home.failedOperations,
      to: '/operations',
    }),
    lineOf(holding.count, {
      one: text.home.oneInHolding,
      many: () => text.home.inHolding(formatCount(holding)),
      to: '/sims?state=in_holding',
    }),
  ].filter((line) => line !== undefined);
  const isLoading = orders.isPending || operations.isPending || fleet.isPending;
  return (
    <Container header={<Header variant="h2">{text.home.attention}</Header>}>
      {lines.length === 0 && (
        <StatusIndicator type={isLoading ? 'loading' : 'success'}>
          {isLoading ? text.shell.loading : text.home.nothing}
        </StatusIndicator>
      )}
      <SpaceBetween size="xs">
        {lines.map(({ label, to }) => (
          <StatusIndicator key={label} type="warning">
            <RouterLink to={to}>{label}</RouterLink>
          </StatusIndicator>
        ))}
      </SpaceBetween>
    </Container>
  );
}

function lineOf(
  count: number | undefined,
  { one, many, to }: { one: string; many: (count: string) => string; to: string },
): { label: string; to: string } | undefined {
  return count ? { label: count === 1 ? one : many(formatCount({ count, isAtLeast: false })), to } : undefined;
}
