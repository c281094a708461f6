import Alert from '@cloudscape-design/components/alert';
import FormField from '@cloudscape-design/components/form-field';
import RadioGroup from '@cloudscape-design/components/radio-group';
import SpaceBetween from '@cloudscape-design/components/space-between';
import TimeInput from '@cloudscape-design/components/time-input';
import { serverNow } from '../../api/server-time.ts';
import { DayInput } from '../../app/day-input.tsx';
import type { FieldMessages } from '../../app/form-modal.tsx';
import { TextField } from '../../app/text-field.tsx';
import { CustomerChoice } from '../../services/customer-choice.tsx';
import { ServiceChoice } from '../../services/service-choice.tsx';
import { customerServiceKind, partnerServiceKind, type Service } from '../../services/service-kind.ts';
import * as text from '../../text/index.ts';
import { type ActionDraft, nextMorning } from './action-draft.ts';
import { LabelFields } from './label-fields.tsx';
import { isPermanent, type OfferedAction } from './selection.ts';

const words = text.sims.action;

type FieldsProps = {
  draft: ActionDraft;
  messages: FieldMessages<string>;
  onChange: (part: Partial<ActionDraft>) => void;
};

/** The targets of an action, its reason, and when it starts. */
export function ActionFields({ action, ...fields }: FieldsProps & { action: OfferedAction }) {
  const { draft, messages, onChange } = fields;
  return (
    <>
      {isPermanent(action) && <Alert type="warning">{words.terminating}</Alert>}
      {action === 'migrate' && (
        <FormField label={words.partnerService} errorText={messages['/partnerServiceId']}>
          <ServiceChoice
            kind={partnerServiceKind}
            isOffered={isNoHolding}
            empty={text.services.noChoice}
            value={draft.partnerServiceId}
            onChange={(partnerServiceId) => onChange({ partnerServiceId })}
          />
        </FormField>
      )}
      {action === 'assign' && <AssignmentTarget {...fields} />}
      {action === 'suspend' && (
        <TextField
          label={words.reason}
          isOptional
          hint={words.reasonHint}
          value={draft.reason}
          error={messages['/reason']}
          onChange={(reason) => onChange({ reason })}
        />
      )}
      {action === 'label' && (
        <LabelFields
          draft={draft.labels}
          messages={messages}
          onChange={(part) => onChange({ labels: { ...draft.labels, ...part } })}
        />
      )}
      <When {...fields} />
    </>
  );
}

/** The number that confirms an action: the one that the preview shows, unless the API has refused it. */
export function NumberField({ total, draft, messages, onChange }: FieldsProps & { total: number | undefined }) {
  return (
    <TextField
      label={total === undefined ? words.confirmOther : words.confirmCount(total)}
      inputMode="numeric"
      value={draft.confirm}
      error={messages['/confirm']}
      onChange={(confirm) => onChange({ confirm })}
    />
  );
}

/** SIMs leave holding services, and none can be migrated to one. */
const isNoHolding = ({ holding }: Service) => !holding;

function AssignmentTarget({ draft, messages, onChange }: FieldsProps) {
  return (
    <>
      <FormField label={words.customer} errorText={messages['/customerId']}>
        <CustomerChoice
          value={draft.customerId}
          onChange={(customerId) => onChange({ customerId, customerServiceId: '' })}
        />
      </FormField>
      {draft.customerId !== '' && (
        <FormField label={words.customerService} errorText={messages['/customerServiceId']}>
          <ServiceChoice
            key={draft.customerId}
            kind={customerServiceKind}
            customerId={draft.customerId}
            empty={text.services.noChoice}
            value={draft.customerServiceId}
            onChange={(customerServiceId) => onChange({ customerServiceId })}
          />
        </FormField>
      )}
    </>
  );
}

function When({ draft, messages, onChange }: FieldsProps) {
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
            onChange({ startAt: detail.value === 'later' ? nextMorning(serverNow()) : undefined })
          }
        />
      </FormField>
      {startAt && (
        <SpaceBetween direction="horizontal" size="s">
          <FormField label={words.date} constraintText={words.timeHint(zone)} errorText={messages['/effectiveAt']}>
            <DayInput value={startAt.date} onChange={(date) => onChange({ startAt: { ...startAt, date } })} />
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
