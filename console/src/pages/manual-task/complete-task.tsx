import Box from '@cloudscape-design/components/box';
import { useState } from 'react';
import { FormModal } from '../../app/form-modal.tsx';
import { formatNumber } from '../../app/format.ts';
import { TextField } from '../../app/text-field.tsx';
import { useChange } from '../../app/use-change.ts';
import * as text from '../../text/index.ts';
import type { ManualTask } from '../manual-tasks/queries.ts';
import { completeTask, type TaskSim } from './queries.ts';
import { type ListProblem, refusedSims } from './refused-sims.ts';

const t = text.desk.task;

/** Records that the operator changed the SIMs of a task, except the refused ones. */
export function CompleteTask({
  task,
  selected,
  onClose,
  onDone,
}: {
  task: ManualTask;
  selected: readonly TaskSim[];
  onClose: () => void;
  onDone: () => void;
}) {
  const [reason, setReason] = useState('');
  const [pasted, setPasted] = useState('');
  const refused = refusedSims(selected, reason, pasted);
  const isReadable = Array.isArray(refused);
  const count = isReadable ? refused.length : selected.length;
  const save = useChange({
    run: () => completeTask(task.id, isReadable ? refused : []),
    done: t.done,
    invalidates: ['manual tasks'],
    onDone: () => {
      onClose();
      onDone();
    },
  });
  return (
    <FormModal
      title={t.completeTitle}
      submit={t.complete}
      save={save}
      isComplete={isReadable && (selected.length === 0 || reason.trim() !== '')}
      onClose={onClose}
    >
      <div aria-live="polite">
        <Box variant="p">{t.completeLead(formatNumber(Math.max(0, task.count - count)), formatNumber(count))}</Box>
      </div>
      {selected.length > 0 && (
        <TextField
          label={t.ticked(formatNumber(selected.length))}
          hint={t.reasonHint}
          value={reason}
          onChange={setReason}
        />
      )}
      <TextField
        label={t.pasted}
        isOptional
        hint={t.pastedHint}
        rows={4}
        value={pasted}
        onChange={setPasted}
        error={isReadable ? undefined : problemText(refused)}
      />
    </FormModal>
  );
}

function problemText(problem: ListProblem): string {
  return problem.code === 'incomplete_line' ? t.pastedInvalid(problem.line) : t.pastedTwice(problem.iccid);
}
