import Checkbox from '@cloudscape-design/components/checkbox';
import ColumnLayout from '@cloudscape-design/components/column-layout';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { type DraftFormProps, FormModal } from '../../app/form-modal.tsx';
import { TextField } from '../../app/text-field.tsx';
import { useChange } from '../../app/use-change.ts';
import type { EditFormProps } from '../../app/use-editing.ts';
import * as text from '../../text/index.ts';
import { AddressFields } from './address-fields.tsx';
import { ContactFields } from './contact-fields.tsx';
import { ContactList } from './contact-list.tsx';
import {
  type CustomerDraft,
  emptyAddress,
  emptyCustomer,
  toCustomerChange,
  toCustomerDraft,
  toNewCustomer,
} from './customer-draft.ts';
import { addCustomer, type Customer, changeCustomer } from './queries.ts';

const words = text.customers;

/** Creates a customer. */
export function NewCustomerForm({ onClose, onCreated }: { onClose: () => void; onCreated: (id: string) => void }) {
  const [draft, setDraft] = useState(emptyCustomer);
  const save = useChange({
    run: () => addCustomer(toNewCustomer(draft)),
    done: ({ name }) => words.created(name),
    invalidates: ['customers'],
    onDone: ({ id }) => onCreated(id),
  });
  return <CustomerForm {...{ draft, onClose, save }} title={words.create} submit={words.create} onChange={setDraft} />;
}

/** Changes a customer, but never over a change by somebody else. */
export function EditCustomerForm({ editing, data: customer, etag }: EditFormProps<Customer>) {
  const [draft, setDraft] = useState(() => toCustomerDraft(customer));
  const save = useChange({
    run: () => changeCustomer(customer.id, toCustomerChange(customer, draft), etag),
    done: ({ name }) => words.saved(name),
    invalidates: ['customers'],
    onDone: editing.close,
  });
  return (
    <CustomerForm
      {...{ draft, save }}
      title={words.edit}
      submit={text.forms.save}
      onChange={setDraft}
      onClose={editing.close}
      conflict={{ resource: `/v1/customers/${customer.id}`, onReload: editing.reload }}
    />
  );
}

const fieldPointers = [
  '/name',
  '/shortName',
  '/registrationNumber',
  '/tags',
  ...['/contact', '/address', '/addresses/delivery', '/addresses/invoicing'].flatMap((part) =>
    ['', '/name', '/email', '/phone', '/lines', '/city', '/postalCode', '/country'].map((field) => part + field),
  ),
];

function CustomerForm({ draft, onChange, ...dialog }: DraftFormProps<CustomerDraft>) {
  const set = (part: Partial<CustomerDraft>) => onChange({ ...draft, ...part });
  const contactPointers = draft.contacts.flatMap((_, index) =>
    ['/name', '/email', '/phone'].map((field) => `/contacts/${index}${field}`),
  );
  return (
    <FormModal
      size="large"
      pointers={[...fieldPointers, ...contactPointers]}
      isComplete={draft.name.trim() !== ''}
      {...dialog}
    >
      {(messages) => (
        <>
          <ColumnLayout columns={2}>
            <TextField
              label={text.forms.name}
              value={draft.name}
              error={messages['/name']}
              onChange={(name) => set({ name })}
            />
            <TextField
              label={words.columns.shortName}
              isOptional
              hint={words.shortNameHint}
              value={draft.shortName}
              error={messages['/shortName']}
              onChange={(shortName) => set({ shortName })}
            />
            <TextField
              label={words.registrationNumber}
              isOptional
              value={draft.registrationNumber}
              error={messages['/registrationNumber']}
              onChange={(registrationNumber) => set({ registrationNumber })}
            />
            <TextField
              label={words.columns.tags}
              isOptional
              hint={text.forms.commas}
              value={draft.tags}
              error={messages['/tags']}
              onChange={(tags) => set({ tags })}
            />
          </ColumnLayout>
          <ExpandableSection headerText={words.contact} defaultExpanded headingTagOverride="h3">
            <ContactFields
              value={draft.contact}
              pointer="/contact"
              messages={messages}
              onChange={(contact) => set({ contact })}
            />
          </ExpandableSection>
          <ContactList contacts={draft.contacts} messages={messages} onChange={(contacts) => set({ contacts })} />
          <SpaceBetween size="s">
            {(['address', 'delivery', 'invoicing'] as const).map((which) => (
              <SpaceBetween key={which} size="s">
                <Checkbox
                  checked={draft[which] !== undefined}
                  onChange={({ detail }) => set({ [which]: detail.checked ? emptyAddress : undefined })}
                >
                  {words.has[which]}
                </Checkbox>
                {draft[which] && (
                  <AddressFields
                    value={draft[which]}
                    label={words[which]}
                    pointer={which === 'address' ? '/address' : `/addresses/${which}`}
                    messages={messages}
                    onChange={(address) => set({ [which]: address })}
                  />
                )}
              </SpaceBetween>
            ))}
          </SpaceBetween>
        </>
      )}
    </FormModal>
  );
}
