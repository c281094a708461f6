import FormField from '@cloudscape-design/components/form-field';
import { useState } from 'react';
import { ChoiceField } from '../../app/choice-field.tsx';
import { TextField } from '../../app/text-field.tsx';
import { CustomerChoice } from '../../services/customer-choice.tsx';
import { ServiceChoice } from '../../services/service-choice.tsx';
import { customerServiceKind, partnerServiceKind } from '../../services/service-kind.ts';
import * as text from '../../text/index.ts';
import { type AlarmDraft, scopeKinds, withScopeKind } from './alarm-draft.ts';

const words = text.alarms.scope;

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
  const setSubject = (chosen: string) => onChange({ ...draft, subject: chosen });
  return (
    <>
      <ChoiceField
        label={words.label}
        value={scopeKind}
        options={scopeKinds.map((kind) => ({ value: kind, label: words[kind], description: words[`${kind}Hint`] }))}
        onChange={(chosen) => onChange(withScopeKind(draft, chosen))}
      />
      {scopeKind === 'customerService' && (
        <FormField label={text.forms.optional(words.customer)} constraintText={words.customerHint}>
          <CustomerChoice
            all={words.anyCustomer}
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
        <FormField label={words[scopeKind]} errorText={error}>
          <ServiceChoice
            key={scopeKind}
            kind={scopeKind === 'partnerService' ? partnerServiceKind : customerServiceKind}
            {...(customerId !== '' && { customerId })}
            value={subject}
            empty={text.services.empty}
            onChange={setSubject}
          />
        </FormField>
      )}
    </>
  );
}
