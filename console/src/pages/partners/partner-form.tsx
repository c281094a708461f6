import Box from '@cloudscape-design/components/box';
import ColumnLayout from '@cloudscape-design/components/column-layout';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { HOLDING_DAYS, isPartnerId } from '../../../../domain/partner.ts';
import { ifMatch } from '../../api/client.ts';
import { createWithId, ifNew } from '../../api/create-with-id.ts';
import { type DraftFormProps, FormModal } from '../../app/form-modal.tsx';
import { TextField } from '../../app/text-field.tsx';
import { useChange } from '../../app/use-change.ts';
import type { EditFormProps } from '../../app/use-editing.ts';
import * as text from '../../text/index.ts';
import { AddressFields } from '../customers/address-fields.tsx';
import { ContactFields } from '../customers/contact-fields.tsx';
import { emptyPartner, type PartnerDraft, toPartnerDetails, toPartnerDraft } from './partner-draft.ts';
import { type Partner, savePartner } from './queries.ts';

const t = text.platform.partners;

/** Creates a partner. */
export function NewPartnerForm({ onClose, onCreated }: { onClose: () => void; onCreated: (id: string) => void }) {
  const [draft, setDraft] = useState(emptyPartner);
  const save = useChange({
    run: () => createWithId(savePartner(draft.id, toPartnerDetails(draft), ifNew), text.platform.idTaken),
    done: ({ name }) => t.created(name),
    invalidates: ['partners'],
    onDone: ({ id }) => onCreated(id),
  });
  return <PartnerForm {...{ draft, save, onClose }} title={t.create} submit={t.create} isNew onChange={setDraft} />;
}

/** Changes a partner, but never over a change by somebody else. */
export function EditPartnerForm({ editing, data, etag }: EditFormProps<Partner>) {
  const [draft, setDraft] = useState(() => toPartnerDraft(data));
  const save = useChange({
    run: () => savePartner(data.id, toPartnerDetails(draft), ifMatch(etag)),
    done: ({ name }) => t.saved(name),
    invalidates: ['partners'],
    onDone: editing.close,
  });
  return (
    <PartnerForm
      {...{ draft, save }}
      title={t.edit}
      submit={text.forms.save}
      onChange={setDraft}
      onClose={editing.close}
      conflict={{ resource: `/v1/platform/partners/${data.id}`, onReload: editing.reload }}
    />
  );
}

const fieldPointers = [
  '/id',
  '/name',
  '/shortName',
  '/holdingDays',
  '/requestsPerSecond',
  ...['name', 'lines', 'city', 'postalCode', 'country'].map((field) => `/deliveryAddress/${field}`),
  ...['name', 'email', 'phone'].map((field) => `/contact/${field}`),
];

function PartnerForm({ draft, isNew = false, onChange, ...dialog }: DraftFormProps<PartnerDraft>) {
  const set = (part: Partial<PartnerDraft>) => onChange({ ...draft, ...part });
  const isIdInvalid = draft.id !== '' && !isPartnerId(draft.id);
  return (
    <FormModal
      size="large"
      pointers={fieldPointers}
      isComplete={draft.id !== '' && !isIdInvalid && draft.name.trim() !== ''}
      {...dialog}
    >
      {(messages) => (
        <SpaceBetween size="l">
          {isNew && (
            <TextField
              label={text.platform.id}
              hint={t.idHint}
              value={draft.id}
              error={isIdInvalid ? t.idInvalid : messages['/id']}
              onChange={(id) => set({ id })}
            />
          )}
          <ColumnLayout columns={2}>
            <TextField
              label={t.columns.name}
              value={draft.name}
              error={messages['/name']}
              onChange={(name) => set({ name })}
            />
            <TextField
              label={t.columns.shortName}
              hint={t.shortNameHint}
              value={draft.shortName}
              error={messages['/shortName']}
              onChange={(shortName) => set({ shortName })}
            />
          </ColumnLayout>
          <Box variant="h3">{t.contact}</Box>
          <ContactFields
            value={draft.contact}
            pointer="/contact"
            messages={messages}
            onChange={(contact) => set({ contact })}
          />
          <Box variant="h3">{t.address}</Box>
          <AddressFields
            label={t.address}
            value={draft.address}
            pointer="/deliveryAddress"
            messages={messages}
            onChange={(address) => set({ address })}
          />
          <ColumnLayout columns={2}>
            <TextField
              label={t.holdingDays}
              isOptional
              inputMode="numeric"
              hint={t.holdingDaysHint(HOLDING_DAYS)}
              value={draft.holdingDays}
              error={messages['/holdingDays']}
              onChange={(holdingDays) => set({ holdingDays })}
            />
            <TextField
              label={t.requestsPerSecond}
              isOptional
              inputMode="numeric"
              hint={t.requestsHint}
              value={draft.requestsPerSecond}
              error={messages['/requestsPerSecond']}
              onChange={(requestsPerSecond) => set({ requestsPerSecond })}
            />
          </ColumnLayout>
        </SpaceBetween>
      )}
    </FormModal>
  );
}
