import Box from '@cloudscape-design/components/box';
import ColumnLayout from '@cloudscape-design/components/column-layout';
import { HOLDING_DAYS, isPartnerId } from '../../../../domain/partner.ts';
import type { ChosenIdKind, FieldsProps } from '../../app/chosen-id-form.tsx';
import { TextField } from '../../app/text-field.tsx';
import * as text from '../../text/index.ts';
import { AddressFields } from '../customers/address-fields.tsx';
import { ContactFields } from '../customers/contact-fields.tsx';
import {
  emptyPartner,
  type PartnerDetails,
  type PartnerDraft,
  toPartnerDetails,
  toPartnerDraft,
} from './partner-draft.ts';
import { type Partner, savePartner } from './queries.ts';

const t = text.platform.partners;

const fieldPointers = [
  '/name',
  '/shortName',
  '/holdingDays',
  '/requestsPerSecond',
  ...['name', 'lines', 'city', 'postalCode', 'country'].map((field) => `/deliveryAddress/${field}`),
  ...['name', 'email', 'phone'].map((field) => `/contact/${field}`),
];

/** The forms of partners. */
export const partnerKind: ChosenIdKind<Partner, PartnerDraft, PartnerDetails> = {
  path: '/v1/platform/partners',
  words: t,
  empty: emptyPartner,
  isId: isPartnerId,
  toDraft: toPartnerDraft,
  toBody: (draft) => (draft.name.trim() === '' ? undefined : toPartnerDetails(draft)),
  save: savePartner,
  invalidates: ['partners'],
  pointers: () => fieldPointers,
  Fields: PartnerFields,
};

function PartnerFields({ draft, messages, set }: FieldsProps<PartnerDraft>) {
  return (
    <>
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
    </>
  );
}
