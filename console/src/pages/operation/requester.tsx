import { useQuery } from '@tanstack/react-query';
import { RouterLink } from '../../app/router-link.tsx';
import { useSession } from '../../session/session-context.tsx';
import * as text from '../../text/index.ts';
import { readClients } from '../clients/queries.ts';
import type { Operation } from '../operations/queries.ts';

/** Who requested an operation: a user's e-mail address, the name of an API client, or an alarm, as far as the user may read them. */
export function Requester({
  operation: { requestedBy, requestedByEmail },
}: {
  operation: Pick<Operation, 'requestedBy' | 'requestedByEmail'>;
}) {
  const { can } = useSession();
  const isAlarm = requestedBy.startsWith('alm_');
  const isNamed = isAlarm || requestedByEmail !== undefined;
  const clients = useQuery({
    queryKey: ['clients', 'names'],
    queryFn: () => readClients(undefined, 200),
    enabled: !isNamed && can('listClients'),
  }).data;
  if (isAlarm && can('getAlarm')) {
    return <RouterLink to={`/alarms/${requestedBy}`}>{text.operations.alarm(requestedBy)}</RouterLink>;
  }
  const client = clients?.items.find(({ id }) => id === requestedBy);
  return requestedByEmail ?? (client ? text.operations.client(client.name) : requestedBy);
}
