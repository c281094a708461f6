import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ApiProblem, messagesFor } from '../../api/api-problem.ts';
import { useNotify } from '../../app/notifications.tsx';
import { text } from '../../text/index.ts';
import type { Sim } from '../sims/queries.ts';
import { parseTags } from './parse-tags.ts';
import { saveLabels } from './queries.ts';

/** Changes the label and the tags of a SIM, but never over a change by somebody else. */
export function EditLabels({ sim, etag, onClose }: { sim: Sim; etag: string | undefined; onClose: () => void }) {
  const notify = useNotify();
  const queries = useQueryClient();
  const [label, setLabel] = useState(sim.label ?? '');
  const [tags, setTags] = useState(sim.tags.join(', '));
  const save = useMutation({
    mutationFn: () =>
      saveLabels(sim.iccid, { label: label.trim() === '' ? null : label.trim(), tags: parseTags(tags) }, etag),
    onSuccess: () => {
      notify('success', text.sims.saved);
      onClose();
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ['sims'] }),
  });
  const isStale = save.error instanceof ApiProblem && save.error.status === 412;
  const { fields, other } = messagesFor(save.error, ['/label', '/tags']);
  return (
    <Modal
      visible
      header={text.sims.editLabel}
      onDismiss={onClose}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={onClose}>
              {text.shell.cancel}
            </Button>
            <Button variant="primary" loading={save.isPending} onClick={() => save.mutate()}>
              {text.sims.save}
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m">
        {isStale ? (
          <Alert type="warning">{text.sims.changedMeanwhile}</Alert>
        ) : (
          other && <Alert type="error">{other}</Alert>
        )}
        <FormField label={text.sims.label} errorText={fields['/label']}>
          <Input value={label} onChange={({ detail }) => setLabel(detail.value)} />
        </FormField>
        <FormField label={text.sims.tags} constraintText={text.sims.tagsHint} errorText={fields['/tags']}>
          <Input value={tags} onChange={({ detail }) => setTags(detail.value)} />
        </FormField>
      </SpaceBetween>
    </Modal>
  );
}
