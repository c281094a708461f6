import FormField from '@cloudscape-design/components/form-field';
import Multiselect from '@cloudscape-design/components/multiselect';
import { useState } from 'react';
import { eventPatterns } from '../../../../domain/webhook.ts';
import { type DraftFormProps, FormModal } from '../../app/form-modal.tsx';
import { TextField } from '../../app/text-field.tsx';
import { useChange } from '../../app/use-change.ts';
import type { EditFormProps } from '../../app/use-editing.ts';
import * as text from '../../text/index.ts';
import { eventText } from './event-text.ts';
import { addWebhook, changeWebhook, type Webhook, type WebhookFields } from './queries.ts';

const words = text.webhooks;

/** The patterns of event types among texts. */
function patternsIn(values: readonly string[]): WebhookFields['events'] {
  // Safe: the API declares its patterns by the same list.
  return eventPatterns.filter((pattern) => values.includes(pattern)) as WebhookFields['events'];
}

export function NewWebhookForm({
  onClose,
  onCreated,
}: {
  onClose: () => void;
  onCreated: (created: { id: string; secret: string }) => void;
}) {
  const [draft, setDraft] = useState<WebhookFields>({ url: 'https://', events: ['*'] });
  const save = useChange({
    run: () => addWebhook(draft),
    done: words.created,
    invalidates: ['webhooks'],
    onDone: onCreated,
  });
  return <WebhookForm title={words.create} submit={words.create} {...{ draft, save, onClose }} onChange={setDraft} />;
}

export function EditWebhookForm({ editing, data: webhook, etag }: EditFormProps<Webhook>) {
  const [draft, setDraft] = useState<WebhookFields>({ url: webhook.url, events: patternsIn(webhook.events) });
  const save = useChange({
    run: () => changeWebhook(webhook.id, draft, etag),
    done: words.saved,
    invalidates: ['webhooks'],
    onDone: editing.close,
  });
  return (
    <WebhookForm
      title={words.edit}
      submit={text.forms.save}
      conflict={{ resource: `/v1/webhooks/${webhook.id}`, onReload: editing.reload }}
      {...{ draft, save }}
      onChange={setDraft}
      onClose={editing.close}
    />
  );
}

function WebhookForm({ draft, onChange, ...dialog }: DraftFormProps<WebhookFields>) {
  const optionOf = (pattern: string) => ({ value: pattern, label: eventText(pattern) });
  return (
    <FormModal
      pointers={['/url', '/events']}
      isComplete={draft.url.trim() !== '' && draft.events.length > 0}
      {...dialog}
    >
      {(messages) => (
        <>
          <TextField
            label={words.columns.url}
            hint={words.urlHint}
            type="url"
            value={draft.url}
            error={messages['/url']}
            onChange={(url) => onChange({ ...draft, url: url.trim() })}
          />
          <FormField label={words.columns.events} errorText={messages['/events']}>
            <Multiselect
              placeholder={words.chooseEvents}
              filteringType="auto"
              selectedOptions={draft.events.map(optionOf)}
              options={eventPatterns.map(optionOf)}
              deselectAriaLabel={({ label = '' }) => words.removeEvent(label)}
              onChange={({ detail }) =>
                onChange({ ...draft, events: patternsIn(detail.selectedOptions.map(({ value = '' }) => value)) })
              }
            />
          </FormField>
        </>
      )}
    </FormModal>
  );
}
