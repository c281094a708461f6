import Alert from '@cloudscape-design/components/alert';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useParams } from 'react-router';
import { Details } from '../../app/details.tsx';
import { Loaded } from '../../app/loaded.tsx';
import { ResourcePage } from '../../app/resource-page.tsx';
import { SecretModal } from '../../app/secret-modal.tsx';
import { Time } from '../../app/time.tsx';
import { useEditing } from '../../app/use-editing.ts';
import * as text from '../../text/index.ts';
import { eventText } from '../webhooks/event-text.ts';
import { type Webhook, webhookQuery } from '../webhooks/queries.ts';
import { EditWebhookForm } from '../webhooks/webhook-form.tsx';
import { WebhookState } from '../webhooks/webhook-state.tsx';
import { DeleteWebhook, RotateWebhookSecret, WebhookActions } from './actions.tsx';
import { Deliveries } from './deliveries.tsx';

const words = text.webhooks;

/** A webhook with its deliveries. */
export default function WebhookPage() {
  const { id = '' } = useParams();
  const query = useQuery(webhookQuery(id));
  const editing = useEditing(query);
  const deleting = useEditing(query);
  const [isRotating, setRotating] = useState(false);
  const [secret, setSecret] = useState<string>();
  return (
    <Loaded query={query}>
      {({ data: webhook, etag }) => (
        <ResourcePage
          title={words.webhook}
          description={webhook.url}
          actions={
            <WebhookActions
              {...{ webhook, etag }}
              onEdit={editing.open}
              onDelete={deleting.open}
              onRotate={() => setRotating(true)}
            />
          }
        >
          <WebhookDetails webhook={webhook} />
          <Deliveries id={id} />
          {editing.opened && <EditWebhookForm key={editing.opened.etag} editing={editing} {...editing.opened} />}
          {deleting.opened && <DeleteWebhook key={deleting.opened.etag} editing={deleting} {...deleting.opened} />}
          {isRotating && (
            <RotateWebhookSecret
              id={id}
              onClose={() => setRotating(false)}
              onRotated={(rotated) => {
                setRotating(false);
                setSecret(rotated);
              }}
            />
          )}
          {secret !== undefined && <SecretModal secret={secret} onClose={() => setSecret(undefined)} />}
        </ResourcePage>
      )}
    </Loaded>
  );
}

function WebhookDetails({ webhook }: { webhook: Webhook }) {
  const { disabled, events, createdAt, updatedAt } = webhook;
  return (
    <>
      {disabled && (
        <Alert type="error" header={words.disabledBySystem}>
          {disabled.detail} <Time at={disabled.at} />
        </Alert>
      )}
      <Details
        items={[
          { label: words.columns.state, value: <WebhookState webhook={webhook} /> },
          { label: words.columns.events, value: events.map(eventText).join(', ') },
          { label: text.forms.createdAt, value: <Time at={createdAt} /> },
          { label: text.forms.updatedAt, value: <Time at={updatedAt} /> },
        ]}
      />
    </>
  );
}
