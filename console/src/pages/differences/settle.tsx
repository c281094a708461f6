import Box from '@cloudscape-design/components/box';
import FormField from '@cloudscape-design/components/form-field';
import RadioGroup from '@cloudscape-design/components/radio-group';
import { useState } from 'react';
import { FormModal } from '../../app/form-modal.tsx';
import { useChange } from '../../app/use-change.ts';
import * as text from '../../text/index.ts';
import { type Difference, settleDifference } from './queries.ts';
import { oursText, theirsText } from './value-text.ts';

const t = text.desk.differences;

/** Settles a difference: the operator changes its SIM, or ours changes. */
export function SettleDifference({ difference, onClose }: { difference: Difference; onClose: () => void }) {
  const [side, setSide] = useState<string | null>(null);
  const isMissing = difference.field === 'missing_at_operator';
  const isTerminated = difference.theirs === 'terminated';
  const save = useChange({
    run: () => settleDifference(difference.id, side === 'theirs' ? 'theirs' : 'ours'),
    done: t.done,
    invalidates: ['differences'],
    onDone: onClose,
  });
  return (
    <FormModal title={t.dialog} submit={t.settle} save={save} isComplete={side !== null} onClose={onClose}>
      <Box variant="p">{difference.iccid}</Box>
      <FormField label={t.question}>
        <RadioGroup
          value={side}
          items={[
            {
              value: 'ours',
              label: t.ours(oursText(difference)),
              description: isMissing ? t.oursMissingHint : isTerminated ? t.oursTerminatedHint : t.oursHint,
              disabled: isTerminated,
            },
            {
              value: 'theirs',
              label: t.theirs(theirsText(difference)),
              description: isMissing || isTerminated ? t.theirsTerminatedHint : t.theirsHint,
            },
          ]}
          onChange={({ detail }) => setSide(detail.value)}
        />
      </FormField>
    </FormModal>
  );
}
