import Button from '@cloudscape-design/components/button';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams } from 'react-router';
import { ConfirmModal } from '../../app/confirm-modal.tsx';
import { Details } from '../../app/details.tsx';
import { Loaded } from '../../app/loaded.tsx';
import { ResourcePage } from '../../app/resource-page.tsx';
import { Time } from '../../app/time.tsx';
import { useChange } from '../../app/use-change.ts';
import { type EditFormProps, useEditing } from '../../app/use-editing.ts';
import { useSession } from '../../session/session-context.tsx';
import * as text from '../../text/index.ts';
import { EditAlarmForm } from '../alarms/alarm-form.tsx';
import { describeThreshold } from '../alarms/describe-threshold.ts';
import { type Alarm, alarmQuery, removeAlarm } from '../alarms/queries.ts';
import { ScopeLink } from '../alarms/scope-link.tsx';
import { Firings } from './firings.tsx';

const words = text.alarms;

/** An alarm with its firings. Users who may only read firings see these alone. */
export default function AlarmPage() {
  const { id = '' } = useParams();
  return useSession().can('getAlarm') ? (
    <AlarmWithFirings id={id} />
  ) : (
    <ResourcePage title={words.alarm}>
      <Firings id={id} />
    </ResourcePage>
  );
}

function AlarmWithFirings({ id }: { id: string }) {
  const { can } = useSession();
  const query = useQuery(alarmQuery(id));
  const editing = useEditing(query);
  const deleting = useEditing(query);
  return (
    <Loaded query={query}>
      {({ data: alarm }) => (
        <ResourcePage
          title={alarm.name}
          actions={
            <>
              {can('deleteAlarm') && <Button onClick={deleting.open}>{text.forms.delete}</Button>}
              {can('updateAlarm') && (
                <Button variant="primary" onClick={editing.open}>
                  {text.forms.edit}
                </Button>
              )}
            </>
          }
        >
          <Details
            items={[
              { label: words.columns.scope, value: <ScopeLink scope={alarm.scope} /> },
              { label: words.columns.measure, value: words.measure[alarm.measure] },
              { label: words.columns.threshold, value: describeThreshold(alarm.threshold) },
              { label: words.columns.action, value: words.action[alarm.action] },
              { label: text.forms.createdAt, value: <Time at={alarm.createdAt} /> },
              { label: text.forms.updatedAt, value: <Time at={alarm.updatedAt} /> },
            ]}
          />
          <Firings id={id} />
          {editing.opened && <EditAlarmForm key={editing.opened.etag} editing={editing} {...editing.opened} />}
          {deleting.opened && <DeleteAlarm key={deleting.opened.etag} editing={deleting} {...deleting.opened} />}
        </ResourcePage>
      )}
    </Loaded>
  );
}

function DeleteAlarm({ editing, data: { id, name }, etag }: EditFormProps<Alarm>) {
  const navigate = useNavigate();
  const run = useChange({
    run: () => removeAlarm(id, etag),
    done: words.delete.done(name),
    invalidates: ['alarms'],
    isRemoval: true,
    onDone: () => navigate('/alarms'),
  });
  return (
    <ConfirmModal
      title={words.delete.title(name)}
      action={text.forms.delete}
      run={run}
      conflict={{ resource: `/v1/alarms/${id}`, onReload: editing.reload }}
      onClose={editing.close}
    >
      {words.delete.text}
    </ConfirmModal>
  );
}
