import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { FormModal } from '../../app/form-modal.tsx';
import { useNotify } from '../../app/notifications.tsx';
import { useSettled } from '../../app/use-settled.ts';
import * as text from '../../text/index.ts';
import { stateText } from '../../text/state-text.ts';
import {
  type ActionDraft,
  canPreview,
  effectiveAtOf,
  emptyActionDraft,
  hasTargets,
  isConfirmed,
} from './action-draft.ts';
import { ActionFields } from './action-fields.tsx';
import { Preview } from './preview.tsx';
import { dryRunQuery, isReport, runAction, simFieldsQuery } from './queries.ts';
import { countOf, type OfferedAction, type Selection } from './selection.ts';
import { namingIccids } from './selection-problem.ts';

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
  const queries = useQueryClient();
  const [draft, setDraft] = useState(emptyActionDraft);
  const [key, setKey] = useState(() => crypto.randomUUID());
  const name = stateText('action', action);
  const settled = useSettled(draft);
  const dryRun = useQuery({
    ...dryRunQuery(action, selection, settled),
    enabled: canPreview(action, selection, settled),
  });
  const fieldNames = useQuery({ ...simFieldsQuery, enabled: action === 'label' }).data?.data.names ?? [];
  const run = useMutation({
    mutationFn: () => runAction(action, selection, draft, { dryRun: false, idempotencyKey: key }),
    onSuccess: (answer) => {
      if (!isReport(answer)) {
        notify('success', (answer.state === 'scheduled' ? words.scheduled : words.started)(name));
        void queries.invalidateQueries({ queryKey: ['sims'] });
        navigate(`/operations/${answer.id}`);
      }
    },
  });
  const change = (part: Partial<ActionDraft>) => {
    setDraft((before) => ({ ...before, ...part }));
    setKey(crypto.randomUUID());
    run.reset();
  };
  const isTimeComplete = draft.startAt === undefined || effectiveAtOf(draft) !== undefined;
  const count = countOf(selection);
  return (
    <FormModal
      title={count === undefined ? words.titleMatching(name) : words.title(name, count)}
      size="large"
      submit={name}
      pointers={[...pointers, ...fieldNames.map((field) => `/fields/${field}`)]}
      isComplete={hasTargets(action, draft) && isConfirmed(action, selection, draft) && isTimeComplete}
      save={{
        mutate: () => run.mutate(),
        isPending: run.isPending,
        error: namingIccids(run.error ?? dryRun.error, selection),
      }}
      onClose={onClose}
    >
      {(messages) => (
        <>
          <ActionFields action={action} selection={selection} draft={draft} messages={messages} onChange={change} />
          <Preview
            action={action}
            dryRun={dryRun}
            // What is typed meanwhile is checked shortly.
            isOutdated={settled !== draft}
            isPossible={canPreview(action, selection, settled)}
          />
        </>
      )}
    </FormModal>
  );
}
