import FormField from '@cloudscape-design/components/form-field';
import Multiselect from '@cloudscape-design/components/multiselect';
import { useState } from 'react';
import { eventPatterns } from '../../../../domain/webhook.ts';
import { FormModal } from '../../app/form-modal.tsx';
import { TextField } from '../../app/text-field.tsx';
import { useChange } from '../../app/use-change.ts';
import type { Editing } from '../../app/use-editing.ts';
import { text } from '../../text/index.ts';
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
  const [fields, setFields] = useState<WebhookFields>({ url: 'https://', events: ['*'] });
  const save = useChange({
    run: () => addWebhook(fields),
    done: words.created,
    invalidates: ['webhooks'],
    onDone: onCreated,
  });
  return <WebhookForm title={words.create} submit={words.create} {...{ fields, save, onClose }} onChange={setFields} />;
}

export function EditWebhookForm({
  editing,
  webhook,
  etag,
}: {
  editing: Editing<Webhook>;
  webhook: Webhook;
  etag: string | undefined;
}) {
  const [fields, setFields] = useState<WebhookFields>({ url: webhook.url, events: patternsIn(webhook.events) });
  const save = useChange({
    run: () => changeWebhook(webhook.id, fields, etag),
    done: words.saved,
    invalidates: ['webhooks'],
    onDone: editing.close,
  });
  return (
    <WebhookForm
      title={words.edit}
      submit={text.forms.save}
      conflict={{ resource: `/v1/webhooks/${webhook.id}`, onReload: editing.reload }}
      {...{ fields, save }}
      onChange={setFields}
      onClose={editing.close}
    />
  );
}

function WebhookForm({
  title,
  submit,
  fields,
  onChange,
  save,
  onClose,
  conflict,
}: {
  title: string;
  submit: string;
  fields: WebhookFields;
  onChange: (fields: WebhookFields) => void;
  save: ReturnType<typeof useChange>;
  onClose: () => void;
  conflict?: { resource: string; onReload: () => void };
}) {
  const optionOf = (pattern: string) => ({ value: pattern, label: eventText(pattern) });
  return (
    <FormModal
      pointers={['/url', '/events']}
      isComplete={fields.url.trim() !== '' && fields.events.length > 0}
      {...{ title, submit, save, onClose, ...(conflict && { conflict }) }}
    >
      {(messages) => (
        <>
          <TextField
            label={words.columns.url}
            hint={words.urlHint}
            type="url"
            value={fields.url}
            error={messages['/url']}
            onChange={(url) => onChange({ ...fields, url: url.trim() })}
          />
          <FormField label={words.columns.events} errorText={messages['/events']}>
            <Multiselect
              placeholder={words.chooseEvents}
              filteringType="auto"
              selectedOptions={fields.events.map(optionOf)}
              options={eventPatterns.map(optionOf)}
              deselectAriaLabel={({ label = '' }) => words.removeEvent(label)}
              onChange={({ detail }) =>
                onChange({ ...fields, events: patternsIn(detail.selectedOptions.map(({ value = '' }) => value)) })
              }
            />
          </FormField>
        </>
      )}
    </FormModal>
  );
}
