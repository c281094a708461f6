import { useQuery } from '@tanstack/react-query';
import { useSession } from '../../session/session-context.tsx';
import { customerServicesQuery, customersQuery, partnerServicesQuery } from '../new-order/queries.ts';
import { operatorsQuery } from '../orders/queries.ts';

type Named = { id: string; name: string };

/** The names behind the ids of SIMs, as far as the user may read them. An id without a known name is shown itself. */
export type Names = Readonly<
  Record<'operators' | 'customers' | 'customerServices' | 'partnerServices', readonly Named[]>
>;

export function useNames(): Names {
  const { can } = useSession();
  return {
    operators: useQuery({ ...operatorsQuery, enabled: can('listOperators') }).data ?? [],
    customers: useQuery({ ...customersQuery, enabled: can('listCustomers') }).data ?? [],
    customerServices: useQuery({ ...customerServicesQuery(''), enabled: can('listCustomerServices') }).data ?? [],
    partnerServices: useQuery({ ...partnerServicesQuery, enabled: can('listPartnerServices') }).data ?? [],
  };
}

export function nameIn(items: readonly Named[], id: string | undefined): string | undefined {
  return items.find((item) => item.id === id)?.name ?? id;
}
