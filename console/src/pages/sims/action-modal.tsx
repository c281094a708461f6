import { useQuery } from '@tanstack/react-query';
import { useNavigate } from 'react-router';
import { serverNow } from '../../api/server-time.ts';
import { FormModal } from '../../app/form-modal.tsx';
import { formatNumber, formatTime } from '../../app/format.ts';
import { useNotify } from '../../app/notifications.tsx';
import * as text from '../../text/index.ts';
import { stateText } from '../../text/state-text.ts';
import { type ActionDraft, effectiveAtOf, isPast } from './action-draft.ts';
import { ActionFields, NumberField } from './action-fields.tsx';
import { actionTitle } from './action-title.ts';
import { Preview } from './preview.tsx';
import { simFieldsQuery } from './queries.ts';
import { type OfferedAction, requiresNumber, type Selection } from './selection.ts';
import { namingIccids } from './selection-problem.ts';
import { useAction } from './use-action.ts';
import { useNames } from './use-names.ts';

const words = text.sims.action;

const pointers = [
  '/partnerServiceId',
  '/customerId',
  '/customerServiceId',
  '/reason',
  '/effectiveAt',
  '/confirm',
  '/label',
  '/addTags',
  '/removeTags',
];

/** An action on SIMs: its targets, a preview of what will happen, and then its operation. */
export function ActionModal({
  action,
  selection,
  onClose,
}: {
  action: OfferedAction;
  selection: Selection;
  onClose: () => void;
}) {
  const navigate = useNavigate();
  const notify = useNotify();
  const name = stateText('action', action);
  const form = useAction(action, selection, ({ id, state }) => {
    notify('success', (state === 'scheduled' ? words.scheduled : words.started)(name));
    navigate(`/operations/${id}`);
  });
  const { draft, change, run, dryRun, found, total, isNumberRefused } = form;
  const fieldNames = useQuery({ ...simFieldsQuery, enabled: action === 'label' }).data?.data.names ?? [];
  const filter = selection.kind === 'matching' ? selection.filter : {};
  const names = useNames([filter], filter.orderId);
  const notes = [
    ...(selection.kind === 'matching' && total !== undefined ? [words.matching(formatNumber(total))] : []),
    ...startNotes(draft),
  ];
  return (
    <FormModal
      title={actionTitle(action, selection, { total, names })}
      size="large"
      submit={draft.startAt ? words.schedule : name}
      pointers={[...pointers, ...fieldNames.map((field) => `/fields/${field}`)]}
      isComplete={form.isComplete}
      save={{
        mutate: () => run.mutate(),
        isPending: run.isPending,
        error: namingIccids(run.error ?? dryRun.error, selection),
      }}
      onClose={onClose}
    >
      {(messages) => (
        <>
          <ActionFields action={action} draft={draft} messages={messages} onChange={change} />
          <Preview
            action={action}
            dryRun={dryRun}
            found={found}
            notes={notes}
            isOutdated={form.isOutdated}
            isPossible={form.isPossible}
          />
          {requiresNumber(action, selection) && total !== undefined && (
            <NumberField
              total={isNumberRefused ? undefined : total}
              draft={draft}
              messages={messages}
              onChange={change}
            />
          )}
        </>
      )}
    </FormModal>
  );
}

/** When an action starts that is scheduled. */
function startNotes(draft: ActionDraft): string[] {
  const at = effectiveAtOf(draft);
  if (at === undefined || isPast(draft, serverNow())) {
    return [];
  }
  const { local, utc } = formatTime(at);
  return [words.starts(local, utc)];
}
