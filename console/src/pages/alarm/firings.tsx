import type { TableProps } from '@cloudscape-design/components/table';
import type { Resource } from '../../api/client.ts';
import { formatBytes } from '../../app/format.ts';
import { ListTable } from '../../app/list-table.tsx';
import { RouterLink } from '../../app/router-link.tsx';
import { ShortTime } from '../../app/time.tsx';
import { usePages } from '../../app/use-pages.ts';
import type { SignedIn } from '../../session/session-context.tsx';
import { useSession } from '../../session/session-context.tsx';
import * as text from '../../text/index.ts';
import { readFirings } from '../alarms/queries.ts';

const words = text.alarms.firings;

/** When an alarm fired, and for which SIM or pool. */
export function Firings({ id }: { id: string }) {
  const { can } = useSession();
  const pages = usePages(['alarms', id, 'firings'], (cursor) => readFirings(id, cursor));
  return (
    <ListTable
      variant="container"
      title={words.title}
      pages={pages}
      columns={columnsFor(can)}
      idOf={({ period, subject }) => `${period} ${subject}`}
      empty={{ title: words.empty, hint: words.hint }}
      csv={{ path: `/v1/alarms/${id}/firings?limit=200`, fileName: 'firings.csv' }}
    />
  );
}

function columnsFor(can: SignedIn['can']): TableProps.ColumnDefinition<Resource<'Firing'>>[] {
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
