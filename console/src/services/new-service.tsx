import FormField from '@cloudscape-design/components/form-field';
import { type ReactNode, useState } from 'react';
import { api, given, type Resource, read } from '../api/client.ts';
import { ChoiceField } from '../app/choice-field.tsx';
import { FormModal } from '../app/form-modal.tsx';
import { TextField } from '../app/text-field.tsx';
import { useChange } from '../app/use-change.ts';
import * as text from '../text/index.ts';
import { CustomerChoice } from './customer-choice.tsx';
import { tariffOptions } from './tariff-text.ts';
import { useTariffs } from './use-tariff-names.ts';

const words = text.services;

type Fields = { name: string; tariffId: string; notes: string };

/** Creates a service for a customer: the given one, or a chosen one. */
export function NewCustomerService({
  customerId: preset = '',
  onClose,
  onCreated,
}: {
  customerId?: string;
  onClose: () => void;
  onCreated: (id: string) => void;
}) {
  const [customerId, setCustomerId] = useState(preset);
  return (
    <NewService
      audience="customer"
      isNameOptional
      isComplete={customerId !== ''}
      onClose={onClose}
      onCreated={onCreated}
      create={({ name, tariffId, notes }) =>
        read(api.POST('/v1/customer-services', { body: { customerId, tariffId, ...given({ name, notes }) } }))
      }
    >
      {preset === '' && (
        <FormField label={words.columns.customer}>
          <CustomerChoice value={customerId} onChange={setCustomerId} />
        </FormField>
      )}
    </NewService>
  );
}

export function NewPartnerService({ onClose, onCreated }: { onClose: () => void; onCreated: (id: string) => void }) {
  return (
    <NewService
      audience="partner"
      onClose={onClose}
      onCreated={onCreated}
      create={({ name, tariffId, notes }) =>
        read(api.POST('/v1/partner-services', { body: { name, tariffId, ...given({ notes }) } }))
      }
    />
  );
}

function NewService({
  audience,
  isNameOptional = false,
  isComplete = true,
  create,
  onClose,
  onCreated,
  children,
}: {
  audience: Resource<'Tariff'>['audience'];
  isNameOptional?: boolean;
  isComplete?: boolean;
  create: (fields: Fields) => Promise<{ id: string; name: string }>;
  onClose: () => void;
  onCreated: (id: string) => void;
  children?: ReactNode;
}) {
  const tariffs = useTariffs(audience);
  const [name, setName] = useState('');
  const [chosen, setChosen] = useState('');
  const [notes, setNotes] = useState('');
  const tariffId = chosen === '' && tariffs.length === 1 ? (tariffs[0]?.id ?? '') : chosen;
  const save = useChange({
    run: () => create({ name: name.trim(), tariffId, notes: notes.trim() }),
    done: (created) => words.created(created.name),
    invalidates: ['customer services', 'partner services'],
    onDone: ({ id }) => onCreated(id),
  });
  return (
    <FormModal
      title={words.create}
      submit={words.create}
      pointers={['/name', '/tariffId', '/notes', '/customerId']}
      isComplete={isComplete && tariffId !== '' && (isNameOptional || name.trim() !== '')}
      {...{ save, onClose }}
    >
      {(messages) => (
        <>
          {children}
          <ChoiceField
            label={words.columns.tariff}
            value={tariffId}
            options={tariffOptions(tariffs)}
            error={messages['/tariffId']}
            onChange={setChosen}
          />
          <TextField
            label={words.columns.name}
            isOptional={isNameOptional}
            {...(isNameOptional && { hint: words.defaultName })}
            value={name}
            error={messages['/name']}
            onChange={setName}
          />
          <TextField
            label={words.columns.notes}
            isOptional
            rows={3}
            hint={words.notesHint[audience]}
            value={notes}
            error={messages['/notes']}
            onChange={setNotes}
          />
        </>
      )}
    </FormModal>
  );
}
