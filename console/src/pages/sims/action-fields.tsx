import DatePicker from '@cloudscape-design/components/date-picker';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import RadioGroup from '@cloudscape-design/components/radio-group';
import SpaceBetween from '@cloudscape-design/components/space-between';
import TimeInput from '@cloudscape-design/components/time-input';
import { useQuery } from '@tanstack/react-query';
import { ChoiceField } from '../../app/choice-field.tsx';
import { CustomerChoice } from '../../services/customer-choice.tsx';
import * as text from '../../text/index.ts';
import { customerServicesQuery, partnerServicesQuery } from '../new-order/queries.ts';
import type { ActionDraft } from './action-draft.ts';
import { confirmationOf, type OfferedAction, type Selection } from './selection.ts';

const words = text.sims.action;

type FieldsProps = { draft: ActionDraft; onChange: (part: Partial<ActionDraft>) => void };

/** The targets of an action, its reason, when it starts, and the number that confirms it. */
export function ActionFields({
  action,
  selection,
  draft,
  onChange,
}: FieldsProps & { action: OfferedAction; selection: Selection }) {
  const { isRequired, count } = confirmationOf(action, selection);
  return (
    <>
      {action === 'migrate' && <MigrationTarget draft={draft} onChange={onChange} />}
      {action === 'assign' && <AssignmentTarget draft={draft} onChange={onChange} />}
      {action === 'suspend' && (
        <FormField label={words.reason + words.optional} constraintText={words.reasonHint}>
          <Input value={draft.reason} onChange={({ detail }) => onChange({ reason: detail.value })} />
        </FormField>
      )}
      <When draft={draft} onChange={onChange} />
      {isRequired && (
        <FormField
          label={count === undefined ? words.confirmFleet : words.confirmCount(count)}
          constraintText={action === 'terminate' ? words.confirmHint : undefined}
        >
          <Input
            inputMode="numeric"
            value={draft.confirm}
            onChange={({ detail }) => onChange({ confirm: detail.value })}
          />
        </FormField>
      )}
    </>
  );
}

function MigrationTarget({ draft, onChange }: FieldsProps) {
  const services = (useQuery(partnerServicesQuery).data ?? []).filter(({ holding }) => !holding);
  return (
    <ChoiceField
      label={words.partnerService}
      options={optionsOf(services)}
      empty={words.noTargets}
      value={draft.partnerServiceId}
      onChange={(partnerServiceId) => onChange({ partnerServiceId })}
    />
  );
}

function AssignmentTarget({ draft, onChange }: FieldsProps) {
  const services = useQuery(customerServicesQuery(draft.customerId)).data ?? [];
  return (
    <>
      <FormField label={words.customer}>
        <CustomerChoice
          value={draft.customerId}
          onChange={(customerId) => onChange({ customerId, customerServiceId: '' })}
        />
      </FormField>
      {draft.customerId !== '' && (
        <ChoiceField
          label={words.customerService}
          options={optionsOf(services)}
          empty={words.noTargets}
          value={draft.customerServiceId}
          onChange={(customerServiceId) => onChange({ customerServiceId })}
        />
      )}
    </>
  );
}

const optionsOf = (services: readonly { id: string; name: string }[]) =>
  services.map(({ id, name }) => ({ value: id, label: name }));

function When({ draft, onChange }: FieldsProps) {
  const { startAt } = draft;
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return (
    <>
      <FormField label={words.when}>
        <RadioGroup
          value={startAt ? 'later' : 'now'}
          items={[
            { value: 'now', label: words.now },
            { value: 'later', label: words.later },
          ]}
          onChange={({ detail }) =>
            onChange({ startAt: detail.value === 'later' ? { date: '', time: '08:00' } : undefined })
          }
        />
      </FormField>
      {startAt && (
        <SpaceBetween direction="horizontal" size="s">
          <FormField label={words.date} constraintText={words.timeHint(zone)}>
            <DatePicker
              value={startAt.date}
              placeholder="YYYY/MM/DD"
              onChange={({ detail }) => onChange({ startAt: { ...startAt, date: detail.value } })}
            />
          </FormField>
          <FormField label={words.time}>
            <TimeInput
              format="hh:mm"
              value={startAt.time}
              onChange={({ detail }) => onChange({ startAt: { ...startAt, time: detail.value } })}
            />
          </FormField>
        </SpaceBetween>
      )}
    </>
  );
}
