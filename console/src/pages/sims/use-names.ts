import { queryOptions, useQueries, useQuery } from '@tanstack/react-query';
import { api, read } from '../../api/client.ts';
import { customerServiceKind, partnerServiceKind, type ServiceKind } from '../../services/service-kind.ts';
import { useSession } from '../../session/session-context.tsx';
import { customerQuery } from '../customers/queries.ts';
import { orderQuery } from '../order/queries.ts';
import { operatorsQuery } from '../orders/queries.ts';
import { missingIds } from './missing-ids.ts';
import type { Named, Names } from './names.ts';

const firstPage = { params: { query: { limit: 200 } } };

const customersQuery = queryOptions({
  queryKey: ['customers', 'names'],
  queryFn: async () => (await read(api.GET('/v1/customers', firstPage))).items,
});

const customerServicesQuery = queryOptions({
  queryKey: [customerServiceKind.key, 'names'],
  queryFn: async () => (await read(api.GET('/v1/customer-services', firstPage))).items,
});

const partnerServicesQuery = queryOptions({
  queryKey: [partnerServiceKind.key, 'names'],
  queryFn: async () => (await read(api.GET('/v1/partner-services', firstPage))).items,
});

/** A SIM or a filter of SIMs. */
type Owned = {
  customerId?: string | undefined;
  customerServiceId?: string | undefined;
  partnerServiceId?: string | undefined;
};

/**
 * The names behind the ids of SIMs or filters: of the first 200 customers and services from their lists, of others one by one. Lists
 * of any length need not be read whole.
 *
 * @param orderId an order to name, by its reference
 */
export function useNames(owned: readonly Owned[], orderId?: string): Names {
  const { can } = useSession();
  const customers = useQuery({ ...customersQuery, enabled: can('listCustomers') }).data;
  const customerIds = owned.map(({ customerId }) => customerId);
  const otherCustomers = useQueries({
    queries: missingIds(customerIds, customers).map((id) => ({ ...customerQuery(id), staleTime: STALE_MS })),
    combine: found,
  });
  const customerServices = useQuery({ ...customerServicesQuery, enabled: can('listCustomerServices') }).data;
  const partnerServices = useQuery({ ...partnerServicesQuery, enabled: can('listPartnerServices') }).data;
  const order = useQuery({
    ...orderQuery(orderId ?? ''),
    enabled: orderId !== undefined && can('getOrder'),
    refetchInterval: false,
    staleTime: STALE_MS,
  }).data?.data;
  return {
    operators: useQuery({ ...operatorsQuery, enabled: can('listOperators') }).data ?? [],
    customers: [...(customers ?? []), ...otherCustomers],
    customerServices: useWithMissing(
      customerServiceKind,
      owned.map(({ customerServiceId }) => customerServiceId),
      customerServices,
    ),
    partnerServices: useWithMissing(
      partnerServiceKind,
      owned.map(({ partnerServiceId }) => partnerServiceId),
      partnerServices,
    ),
    orders: order ? [{ id: order.id, name: order.reference ?? order.id }] : [],
  };
}

const STALE_MS = 60_000;

/** The listed services, and those that the list does not have, read one by one. */
function useWithMissing(
  kind: ServiceKind,
  ids: readonly (string | undefined)[],
  listed: readonly Named[] | undefined,
): readonly Named[] {
  const others = useQueries({
    queries: missingIds(ids, listed).map((id) => ({
      queryKey: [kind.key, id],
      queryFn: () => kind.get(id),
      staleTime: STALE_MS,
    })),
    combine: found,
  });
  return [...(listed ?? []), ...others];
}

/** What was found so far. Deleted customers and services stay ids. */
function found(results: readonly { data: { data: Named } | undefined }[]): Named[] {
  return results.flatMap(({ data }) => (data ? [data.data] : []));
}
