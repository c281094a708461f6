import Button from '@cloudscape-design/components/button';
import type { TableProps } from '@cloudscape-design/components/table';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { ListTable } from '../../app/list-table.tsx';
import { RouterLink } from '../../app/router-link.tsx';
import { SecretModal } from '../../app/secret-modal.tsx';
import { ShortTime } from '../../app/time.tsx';
import { usePages } from '../../app/use-pages.ts';
import { useSession } from '../../session/session-context.tsx';
import * as text from '../../text/index.ts';
import { eventText } from './event-text.ts';
import { readWebhooks, type Webhook } from './queries.ts';
import { NewWebhookForm } from './webhook-form.tsx';
import { WebhookState } from './webhook-state.tsx';

const words = text.webhooks;

const columns: TableProps.ColumnDefinition<Webhook>[] = [
  {
    id: 'url',
    header: words.columns.url,
    isRowHeader: true,
    cell: ({ id, url }) => <RouterLink to={`/webhooks/${id}`}>{url}</RouterLink>,
  },
  { id: 'events', header: words.columns.events, cell: ({ events }) => events.map(eventText).join(', ') },
  { id: 'state', header: words.columns.state, cell: (webhook) => <WebhookState webhook={webhook} /> },
  { id: 'createdAt', header: words.columns.createdAt, cell: ({ createdAt }) => <ShortTime at={createdAt} /> },
];

/** The webhooks of the partner. */
export default function WebhooksPage() {
  const { can } = useSession();
  const navigate = useNavigate();
  const [isCreating, setCreating] = useState(false);
  const [created, setCreated] = useState<{ id: string; secret: string }>();
  const pages = usePages(['webhooks', 'list'], readWebhooks);
  return (
    <>
      <ListTable
        title={words.title}
        pages={pages}
        columns={columns}
        idOf={({ id }) => id}
        empty={{ title: words.empty, hint: words.emptyHint }}
        csv={{ path: '/v1/webhooks?limit=200', fileName: 'webhooks.csv' }}
        actions={
          can('createWebhook') && (
            <Button variant="primary" onClick={() => setCreating(true)}>
              {words.create}
            </Button>
          )
        }
      />
      {isCreating && !created && <NewWebhookForm onClose={() => setCreating(false)} onCreated={setCreated} />}
      {created && <SecretModal secret={created.secret} onClose={() => navigate(`/webhooks/${created.id}`)} />}
    </>
  );
}
