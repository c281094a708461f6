import type { TableProps } from '@cloudscape-design/components/table';
import type { Resource } from '../../api/client.ts';
import { formatBytes } from '../../app/format.ts';
import { RouterLink } from '../../app/router-link.tsx';
import { ShortTime } from '../../app/time.tsx';
import type { SignedIn } from '../../session/session-context.tsx';
import * as text from '../../text/index.ts';

const words = text.alarms.firings;

type Column = TableProps.ColumnDefinition<Resource<'Firing'>>;

/** The columns of firings; the time of the firing is the first. */
export function firingColumns(can: SignedIn['can']): [Column, ...Column[]] {
  return [
    { id: 'at', header: words.at, isRowHeader: true, cell: ({ at }) => <ShortTime at={at} /> },
    { id: 'subject', header: words.subject, cell: ({ subject }) => <Subject id={subject} /> },
    { id: 'used', header: words.used, cell: ({ usedBytes }) => formatBytes(usedBytes) },
    { id: 'threshold', header: words.threshold, cell: ({ thresholdBytes }) => formatBytes(thresholdBytes) },
    {
      id: 'action',
      header: words.action,
      cell: ({ action, operationId }) =>
        operationId !== undefined && can('getOperation') ? (
          <RouterLink to={`/operations/${operationId}`}>{words.operation}</RouterLink>
        ) : (
          text.alarms.action[action]
        ),
    },
  ];
}

/** The service whose pool fired, or the SIM. */
function Subject({ id }: { id: string }) {
  const isCustomers = id.startsWith('csv_');
  const isPartners = id.startsWith('psv_');
  const path = isCustomers ? '/customer-services' : isPartners ? '/partner-services' : '/sims';
  return <RouterLink to={`${path}/${id}`}>{id}</RouterLink>;
}
