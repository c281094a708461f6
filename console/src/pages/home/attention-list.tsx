import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useQueries, useQuery } from '@tanstack/react-query';
import type { Resource } from '../../api/client.ts';
import { serverNow } from '../../api/server-time.ts';
import { formatCount, formatNumber } from '../../app/format.ts';
import { isLate } from '../../app/late.ts';
import { pollEvery } from '../../app/polling.ts';
import { RouterLink } from '../../app/router-link.tsx';
import { useSession } from '../../session/session-context.tsx';
import * as text from '../../text/index.ts';
import { readOperations } from '../operations/queries.ts';
import { readOrders } from '../orders/queries.ts';
import { commonState, hasFailed, needsRetry } from './attention.ts';
import { NEAR_PERCENT, nearAllowance, servicePath, simsNearAllowance } from './month-usage.ts';
import { countsQuery, firingsQuery, serviceUsageQuery, type UsageByService, usageQuery } from './queries.ts';

const words = text.home;

const LATEST = 200;
const MAX_SERVICES = 5;
const REFETCH_MS = 30_000;

/** Something that a user should look at, with the page that shows it. */
type Line = { label: string; to: string };
/** The lines of a part of the system; `isLoading` until they are known, `isError` if they could not be read. */
type Part = { lines: readonly (Line | undefined)[]; isLoading: boolean; isError: boolean };

/** Orders, operations, SIMs, alarms and services for which somebody has something to do. */
export function Attention() {
  const parts = [useOrderLines(), useOperationLines(), useHoldingLines(), useFiringLines(), useAllowanceLines()];
  const lines = parts.flatMap((part) => part.lines).filter((line) => line !== undefined);
  const isLoading = parts.some((part) => part.isLoading);
  return (
    <Container header={<Header variant="h2">{words.attention}</Header>}>
      <SpaceBetween size="xs">
        {parts.some((part) => part.isError) ? (
          <StatusIndicator type="error">{words.unknown}</StatusIndicator>
        ) : (
          lines.length === 0 && (
            <StatusIndicator type={isLoading ? 'loading' : 'success'}>
              {isLoading ? text.shell.loading : words.nothing}
            </StatusIndicator>
          )
        )}
        {lines.map(({ label, to }) => (
          <StatusIndicator key={`${to} ${label}`} type="warning">
            <RouterLink to={to}>{label}</RouterLink>
          </StatusIndicator>
        ))}
      </SpaceBetween>
    </Container>
  );
}

function useOrderLines(): Part {
  const enabled = useSession().can('listOrders');
  const {
    data = [],
    isLoading,
    isError,
  } = useQuery({
    queryKey: ['orders', 'attention'],
    queryFn: async () => (await readOrders({}, undefined, LATEST)).items,
    refetchInterval: pollEvery(REFETCH_MS),
    enabled,
  });
  const today = serverNow().toISOString().slice(0, 10);
  const late = data.filter((order) => isLate(order, today));
  const failed = data.filter(hasFailed);
  return {
    isLoading,
    isError,
    lines: [
      lineOf(late, { one: words.lateOrder, many: words.lateOrders, path: '/orders' }),
      lineOf(failed, {
        one: words.failedOrder,
        many: words.failedOrders,
        path: '/orders',
        state: commonState(failed),
      }),
    ],
  };
}

function useOperationLines(): Part {
  const enabled = useSession().can('listOperations');
  const {
    data = [],
    isLoading,
    isError,
  } = useQuery({
    queryKey: ['operations', 'attention'],
    queryFn: async () => (await readOperations({}, undefined, LATEST)).items,
    refetchInterval: pollEvery(REFETCH_MS),
    enabled,
  });
  const now = serverNow();
  const failed = data.filter((operation) => needsRetry(operation, now));
  const { failedOperation: one, failedOperations: many } = words;
  return {
    isLoading,
    isError,
    lines: [lineOf(failed, { one, many, path: '/operations', state: commonState(failed) })],
  };
}

function useHoldingLines(): Part {
  const { caller } = useSession();
  const { data, isLoading, isError } = useQuery({ ...countsQuery, enabled: caller.kind === 'partner' });
  const count = data?.states.in_holding ?? 0;
  const label =
    count === 1 ? words.oneInHolding : words.inHolding(formatCount({ count, isAtLeast: data?.complete === false }));
  return { isLoading, isError, lines: count === 0 ? [] : [{ label, to: '/sims?state=in_holding' }] };
}

function useFiringLines(): Part {
  const { data, isLoading, isError } = useQuery({ ...firingsQuery, enabled: useSession().can('listFirings') });
  const count = data?.items.length ?? 0;
  const label =
    count === 1 ? words.firing : words.firings(formatCount({ count, isAtLeast: data?.nextCursor !== undefined }));
  return { isLoading, isError, lines: count === 0 ? [] : [{ label, to: '/alarm-firings' }] };
}

function useAllowanceLines(): Part {
  const { caller } = useSession();
  const { data, isLoading, isError } = useQuery(usageQuery);
  const near = nearAllowance(data?.items ?? []);
  const listed = near.slice(0, MAX_SERVICES);
  const further = near.length - listed.length;
  // The list of services has only the SIM that has used most.
  const usages = useQueries({
    queries: listed.map((usage) => ({ ...serviceUsageQuery(usage), enabled: usage.pooling === 'per_sim' })),
  });
  const to = caller.kind === 'partner' ? '/partner-services' : '/customer-services';
  return {
    isLoading,
    isError: isError || usages.some((usage) => usage.isError),
    lines: [
      ...listed.map((usage, index) => ({ label: nearLabel(usage, usages[index]?.data), to: servicePath(usage) })),
      further > 0 ? { label: words.furtherNear(formatNumber(further)), to } : undefined,
    ],
  };
}

/** @param details once they are read, the SIMs of the service that have used most */
function nearLabel({ name, pooling, usedPercent = 0 }: UsageByService, details?: Resource<'ServiceUsage'>): string {
  const percent = formatNumber(usedPercent);
  if (pooling !== 'per_sim') {
    return words.nearAllowance(name, percent);
  }
  const sims = details && simsNearAllowance(details);
  return sims && sims.count > 1
    ? words.simsNearAllowance(formatCount(sims), name, formatNumber(NEAR_PERCENT), percent)
    : words.simNearAllowance(name, percent);
}

type Listed = { id: string; state: string };

/** A line about some items: with a link to the single one, or to the list with a filter that shows them. */
function lineOf(
  found: readonly Listed[],
  {
    one,
    many,
    path,
    state,
  }: { one: string; many: (count: string) => string; path: string; state?: string | undefined },
): Line | undefined {
  const [first] = found;
  if (!first) {
    return undefined;
  }
  return found.length === 1
    ? { label: one, to: `${path}/${first.id}` }
    : { label: many(formatNumber(found.length)), to: state === undefined ? path : `${path}?state=${state}` };
}
