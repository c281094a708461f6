import { useQuery } from '@tanstack/react-query';
import { RouterLink } from '../app/router-link.tsx';
import { customerQuery } from '../pages/customers/queries.ts';
import { useSession } from '../session/session-context.tsx';

/** The name of a customer with a link to it; its id for users who cannot read customers. */
export function CustomerName({ id }: { id: string }) {
  const { can } = useSession();
  const isReadable = can('getCustomer');
  const customer = useQuery({ ...customerQuery(id), enabled: isReadable, staleTime: 60_000 }).data?.data;
  return isReadable ? <RouterLink to={`/customers/${id}`}>{customer?.name ?? id}</RouterLink> : id;
}
