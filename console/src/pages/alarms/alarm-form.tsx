import Alert from '@cloudscape-design/components/alert';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { alarmActions } from '../../../../domain/alarm.ts';
import { ChoiceField } from '../../app/choice-field.tsx';
import { FormModal } from '../../app/form-modal.tsx';
import { pollEvery } from '../../app/polling.ts';
import { TextField } from '../../app/text-field.tsx';
import { useChange } from '../../app/use-change.ts';
import type { EditFormProps } from '../../app/use-editing.ts';
import { useSettled } from '../../app/use-settled.ts';
import * as text from '../../text/index.ts';
import { aboveThreshold, describeAbove } from './above-threshold.ts';
import {
  type AlarmDraft,
  isAlarmComplete,
  newAlarmDraft,
  thresholdIn,
  thresholdUnits,
  toAlarmChange,
  toAlarmDraft,
  toNewAlarm,
} from './alarm-draft.ts';
import { type Alarm, addAlarmWithAbove, changeAlarm, usageSoFarQuery } from './queries.ts';
import { ScopeFields } from './scope-fields.tsx';

const words = text.alarms;

/** How often an open form reads the usage again: usage is counted at any time, and the alarm may suspend SIMs for it. */
const REFETCH_MS = 15_000;

export function NewAlarmForm({ onClose, onCreated }: { onClose: () => void; onCreated: (id: string) => void }) {
  const [draft, setDraft] = useState(newAlarmDraft);
  const save = useChange({
    run: () => addAlarmWithAbove(toNewAlarm(draft)),
    done: ({ alarm: { name }, above }) =>
      above && above.count > 0 ? words.createdWith(name, describeAbove(above)) : words.created(name),
    invalidates: ['alarms'],
    onDone: ({ alarm }) => onCreated(alarm.id),
  });
  return (
    <FormModal
      title={words.create}
      submit={words.create}
      pointers={['/name', '/scope', '/measure', '/threshold', '/action']}
      isComplete={isAlarmComplete(draft)}
      {...{ save, onClose }}
    >
      {(messages) => (
        <>
          <Name draft={draft} onChange={setDraft} error={messages['/name']} />
          <ScopeFields draft={draft} onChange={setDraft} error={messages['/scope']} />
          <ChoiceField
            label={words.columns.measure}
            disabled={draft.scopeKind === 'sim'}
            value={draft.measure}
            options={[
              { value: 'sim', label: words.measure.sim, description: words.measureHint.sim },
              { value: 'pool', label: words.measure.pool, description: words.measureHint.pool },
            ]}
            error={messages['/measure']}
            onChange={(measure) => setDraft({ ...draft, measure })}
          />
          <Threshold draft={draft} onChange={setDraft} error={messages['/threshold']} />
          <Action draft={draft} onChange={setDraft} error={messages['/action']} />
          <FirstCheck draft={draft} />
        </>
      )}
    </FormModal>
  );
}

/** Changes what can be changed of an alarm: not what it watches. */
export function EditAlarmForm({ editing, data: alarm, etag }: EditFormProps<Alarm>) {
  const [draft, setDraft] = useState(() => toAlarmDraft(alarm));
  const save = useChange({
    run: () => changeAlarm(alarm.id, toAlarmChange(draft), etag),
    done: ({ name }) => words.saved(name),
    invalidates: ['alarms'],
    onDone: editing.close,
  });
  return (
    <FormModal
      title={words.edit}
      submit={text.forms.save}
      pointers={['/name', '/threshold', '/action']}
      isComplete={isAlarmComplete(draft)}
      conflict={{ resource: `/v1/alarms/${alarm.id}`, onReload: editing.reload }}
      save={save}
      onClose={editing.close}
    >
      {(messages) => (
        <>
          <Name draft={draft} onChange={setDraft} error={messages['/name']} />
          <Threshold draft={draft} onChange={setDraft} error={messages['/threshold']} />
          <Action draft={draft} onChange={setDraft} error={messages['/action']} />
          <Alert type="info">
            {words.above.rule} {words.again}
          </Alert>
        </>
      )}
    </FormModal>
  );
}

/** Explains when a new alarm fires for SIMs that have already reached the threshold, and how many of a service have by now. */
function FirstCheck({ draft }: { draft: AlarmDraft }) {
  const isKnown = draft.scopeKind !== 'sim' && draft.subject !== '';
  const threshold = thresholdIn(draft);
  const { data: usage, refetch } = useQuery({
    ...usageSoFarQuery(toNewAlarm(draft).scope),
    enabled: isKnown,
    refetchInterval: pollEvery(REFETCH_MS),
  });
  const watch = useSettled(`${draft.measure} ${draft.amount} ${draft.unit} ${draft.action}`);
  // biome-ignore lint/correctness/useExhaustiveDependencies: reads again when what is watched changes.
  useEffect(() => {
    if (isKnown) {
      void refetch();
    }
  }, [watch]);
  const above = usage && threshold && aboveThreshold({ measure: draft.measure, threshold }, usage);
  const cannotFire = usage?.allowanceBytes === undefined && usage !== undefined && threshold?.percent !== undefined;
  return (
    <div role="status">
      <Alert type={cannotFire || (above && above.count > 0) ? 'warning' : 'info'}>
        {cannotFire ? words.above.noAllowance : words.above.rule} {above && describeAbove(above)}
      </Alert>
    </div>
  );
}

type PartProps = { draft: AlarmDraft; onChange: (draft: AlarmDraft) => void; error: string | undefined };

function Name({ draft, onChange, error }: PartProps) {
  return (
    <TextField
      label={words.columns.name}
      value={draft.name}
      error={error}
      onChange={(name) => onChange({ ...draft, name })}
    />
  );
}

function Threshold({ draft, onChange, error }: PartProps) {
  const isInvalid = draft.amount !== '' && thresholdIn(draft) === undefined;
  return (
    <>
      <TextField
        label={words.threshold.label}
        hint={words.threshold.hint}
        inputMode="decimal"
        value={draft.amount}
        error={isInvalid ? words.threshold.invalid : error}
        onChange={(amount) => onChange({ ...draft, amount })}
      />
      <ChoiceField
        label={words.threshold.unit}
        value={draft.unit}
        options={thresholdUnits.map((unit) => ({
          value: unit,
          label: unit === 'percent' ? words.threshold.percent : unit,
        }))}
        onChange={(unit) => onChange({ ...draft, unit })}
      />
    </>
  );
}

function Action({ draft, onChange, error }: PartProps) {
  return (
    <ChoiceField
      label={words.columns.action}
      {...(draft.action === 'suspend' && { hint: words.suspendHint })}
      value={draft.action}
      options={alarmActions.map((action) => ({ value: action, label: words.action[action] }))}
      error={error}
      onChange={(action) => onChange({ ...draft, action })}
    />
  );
}
