import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import type { TableProps } from '@cloudscape-design/components/table';
import type { Resource } from '../../api/client.ts';
import { formatNumber } from '../../app/format.ts';
import { ListTable } from '../../app/list-table.tsx';
import { ShortTime } from '../../app/time.tsx';
import { useChange } from '../../app/use-change.ts';
import { usePages } from '../../app/use-pages.ts';
import { useSession } from '../../session/session-context.tsx';
import * as text from '../../text/index.ts';
import { readDeliveries, redeliver } from '../webhooks/queries.ts';

const words = text.webhooks.deliveries;

type Delivery = Resource<'Delivery'>;

const statuses = { pending: 'pending', delivered: 'success', failed: 'error' } as const;

/** What was sent to a webhook, and how its receiver responded. */
export function Deliveries({ id }: { id: string }) {
  const { can } = useSession();
  const pages = usePages(['webhooks', id, 'deliveries'], (cursor) => readDeliveries(id, cursor), {
    refetchInterval: 5000,
  });
  const action: TableProps.ColumnDefinition<Delivery> = {
    id: 'action',
    header: words.action,
    cell: (delivery) =>
      delivery.state === 'pending' ? text.shell.none : <Redeliver webhookId={id} delivery={delivery} />,
  };
  return (
    <ListTable
      variant="container"
      title={words.title}
      pages={pages}
      columns={can('redeliverEvent') ? [...columns, action] : columns}
      idOf={(delivery) => delivery.id}
      empty={{ title: words.empty }}
      csv={{ path: `/v1/webhooks/${id}/deliveries?limit=200`, fileName: 'deliveries.csv' }}
    />
  );
}

const columns: TableProps.ColumnDefinition<Delivery>[] = [
  { id: 'type', header: words.type, isRowHeader: true, cell: ({ type }) => type },
  { id: 'subject', header: words.subject, cell: ({ subject }) => subject },
  {
    id: 'state',
    header: words.state,
    cell: ({ state }) => <StatusIndicator type={statuses[state]}>{words.states[state]}</StatusIndicator>,
  },
  { id: 'attempts', header: words.attempts, cell: ({ attempts }) => formatNumber(attempts) },
  {
    id: 'last',
    header: words.last,
    cell: ({ lastStatus, lastError, lastAttemptAt }) => (
      <>
        {lastStatus ?? lastError ?? text.shell.none}
        {lastAttemptAt !== undefined && (
          <Box variant="small" display="block">
            <ShortTime at={lastAttemptAt} />
          </Box>
        )}
      </>
    ),
  },
  { id: 'next', header: words.next, cell: ({ nextAttemptAt }) => <ShortTime at={nextAttemptAt} /> },
  { id: 'createdAt', header: words.createdAt, cell: ({ createdAt }) => <ShortTime at={createdAt} /> },
];

function Redeliver({ webhookId, delivery }: { webhookId: string; delivery: Delivery }) {
  const run = useChange({
    run: () => redeliver(webhookId, delivery),
    done: words.redelivered,
    invalidates: ['webhooks'],
    reportsProblem: true,
  });
  return (
    <Button variant="inline-link" loading={run.isPending} onClick={run.mutate}>
      {words.redeliver}
    </Button>
  );
}
