import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { useNotify } from '../../app/notifications.tsx';
import { ProblemAlert } from '../../app/problem-alert.tsx';
import * as text from '../../text/index.ts';
import { stateText } from '../../text/state-text.ts';
import { type ActionDraft, effectiveAtOf, emptyActionDraft, hasTargets, isConfirmed } from './action-draft.ts';
import { ActionFields } from './action-fields.tsx';
import { Preview } from './preview.tsx';
import { isReport, runAction } from './queries.ts';
import type { OfferedAction, Selection } from './selection.ts';

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
  const run = useMutation({
    mutationFn: () => runAction(action, selection, draft, { dryRun: false, idempotencyKey: key }),
    onSuccess: (answer) => {
      if (!isReport(answer)) {
        notify('success', (answer.state === 'scheduled' ? text.sims.action.scheduled : text.sims.action.started)(name));
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
  const isReady = hasTargets(action, draft) && isConfirmed(action, selection, draft) && isTimeComplete;
  return (
    <Modal
      visible
      size="large"
      header={text.sims.action.title(name)}
      onDismiss={onClose}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={onClose}>
              {text.sims.action.cancel}
            </Button>
            <Button variant="primary" disabled={!isReady} loading={run.isPending} onClick={() => run.mutate()}>
              {text.sims.action.run(name)}
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="l">
        {run.isError && <ProblemAlert error={run.error} />}
        <ActionFields action={action} selection={selection} draft={draft} onChange={change} />
        <Preview action={action} selection={selection} draft={draft} />
      </SpaceBetween>
    </Modal>
  );
}
