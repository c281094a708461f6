import DatePicker from '@cloudscape-design/components/date-picker';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import RadioGroup from '@cloudscape-design/components/radio-group';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import TimeInput from '@cloudscape-design/components/time-input';
import { useQuery } from '@tanstack/react-query';
import { text } from '../../text/index.ts';
import { customerServicesQuery, customersQuery, partnerServicesQuery } from '../new-order/queries.ts';
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
    <Choice
      label={words.partnerService}
      items={services}
      value={draft.partnerServiceId}
      onChange={(partnerServiceId) => onChange({ partnerServiceId })}
    />
  );
}

function AssignmentTarget({ draft, onChange }: FieldsProps) {
  const customers = useQuery(customersQuery).data ?? [];
  const services = useQuery(customerServicesQuery(draft.customerId)).data ?? [];
  return (
    <>
      <Choice
        label={words.customer}
        items={customers}
        value={draft.customerId}
        onChange={(customerId) => onChange({ customerId, customerServiceId: '' })}
      />
      {draft.customerId !== '' && (
        <Choice
          label={words.customerService}
          items={services}
          value={draft.customerServiceId}
          onChange={(customerServiceId) => onChange({ customerServiceId })}
        />
      )}
    </>
  );
}

function Choice({
  label,
  items,
  value,
  onChange,
}: {
  label: string;
  items: readonly { id: string; name: string }[];
  value: string;
  onChange: (id: string) => void;
}) {
  const options = items.map(({ id, name }) => ({ value: id, label: name }));
  return (
    <FormField label={label}>
      <Select
        placeholder={text.orders.wizard.choose}
        empty={words.noTargets}
        filteringType={options.length > 10 ? 'auto' : 'none'}
        selectedOption={options.find((option) => option.value === value) ?? null}
        options={options}
        onChange={({ detail }) => onChange(detail.selectedOption.value ?? '')}
      />
    </FormField>
  );
}

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
