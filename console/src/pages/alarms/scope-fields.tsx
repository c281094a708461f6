import FormField from '@cloudscape-design/components/form-field';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, read } from '../../api/client.ts';
import { ChoiceField } from '../../app/choice-field.tsx';
import { TextField } from '../../app/text-field.tsx';
import { CustomerChoice } from '../../services/customer-choice.tsx';
import { readCustomerServices } from '../../services/customer-services.tsx';
import * as text from '../../text/index.ts';
import { type AlarmDraft, scopeKinds, withScopeKind } from './alarm-draft.ts';

const words = text.alarms.scope;

const MAX_OPTIONS = 200;

/** What an alarm watches: a service, which the customer narrows down, or one SIM. */
export function ScopeFields({
  draft,
  onChange,
  error,
}: {
  draft: AlarmDraft;
  onChange: (draft: AlarmDraft) => void;
  error: string | undefined;
}) {
  const { scopeKind, subject } = draft;
  const [customerId, setCustomerId] = useState('');
  const services = useQuery({
    queryKey: [scopeKind === 'partnerService' ? 'partner services' : 'customer services', 'choice', customerId],
    queryFn: async () =>
      scopeKind === 'partnerService'
        ? (await read(api.GET('/v1/partner-services', { params: { query: { limit: MAX_OPTIONS } } }))).items
        : (await readCustomerServices({ customerId }, undefined, MAX_OPTIONS)).items,
    enabled: scopeKind !== 'sim',
  }).data;
  const setSubject = (chosen: string) => onChange({ ...draft, subject: chosen });
  return (
    <>
      <ChoiceField
        label={words.label}
        value={scopeKind}
        options={scopeKinds.map((kind) => ({ value: kind, label: words[kind] }))}
        onChange={(chosen) => onChange(withScopeKind(draft, chosen))}
      />
      {scopeKind === 'customerService' && (
        <FormField label={text.services.columns.customer}>
          <CustomerChoice
            all={text.services.allCustomers}
            value={customerId}
            onChange={(chosen) => {
              setCustomerId(chosen);
              setSubject('');
            }}
          />
        </FormField>
      )}
      {scopeKind === 'sim' ? (
        <TextField label={words.iccid} inputMode="numeric" value={subject} error={error} onChange={setSubject} />
      ) : (
        <ChoiceField
          label={words[scopeKind]}
          value={subject}
          options={(services ?? []).map(({ id, name }) => ({ value: id, label: name }))}
          error={error}
          onChange={setSubject}
        />
      )}
    </>
  );
}
