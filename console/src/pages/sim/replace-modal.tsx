import Box from '@cloudscape-design/components/box';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { replacementReasons } from '../../../../domain/replacement.ts';
import { ChoiceField } from '../../app/choice-field.tsx';
import { FormModal } from '../../app/form-modal.tsx';
import { useChange } from '../../app/use-change.ts';
import * as text from '../../text/index.ts';
import { reasonText } from '../../text/state-text.ts';
import { Preview } from '../sims/preview.tsx';
import { isReport, type Sim } from '../sims/queries.ts';
import { useReport } from '../sims/use-report.ts';
import { type ReplacementReason, replacementQuery, replaceSim } from './queries.ts';
import { NoStock, StockChoice, useIsStockEmpty } from './stock-choice.tsx';

const words = text.sims.replacement;

/** Replaces a SIM by one in stock: the API finds it by what is typed, and checks both before the user confirms. */
export function ReplaceModal({ sim, onClose }: { sim: Sim; onClose: () => void }) {
  const navigate = useNavigate();
  const [by, setBy] = useState('');
  const [reason, setReason] = useState<ReplacementReason | ''>('');
  const [key, setKey] = useState(() => crypto.randomUUID());
  const isComplete = by !== '' && reason !== '';
  const dryRun = useQuery({ ...replacementQuery(sim.iccid, { by, reason: reason || 'other' }), enabled: by !== '' });
  const found = useReport(dryRun);
  const replace = useChange({
    run: () => replaceSim(sim.iccid, { by, reason: reason || 'other' }, key),
    done: words.started,
    invalidates: ['sims'],
    onDone: (answer) => {
      if (!isReport(answer)) {
        navigate(`/operations/${answer.id}`);
      }
    },
  });
  const isStockEmpty = useIsStockEmpty();
  const change = (set: () => void) => {
    set();
    setKey(crypto.randomUUID());
  };
  return (
    <FormModal
      title={words.title(sim.iccid)}
      submit={words.submit}
      pointers={['/by', '/reason']}
      isComplete={isComplete}
      save={{ ...replace, error: replace.error ?? dryRun.error }}
      onClose={onClose}
    >
      {(messages) =>
        isStockEmpty ? (
          <NoStock />
        ) : (
          <>
            <Box variant="p">{words.lead}</Box>
            <StockChoice
              operatorId={sim.operatorId}
              value={by}
              error={messages['/by']}
              onChange={(iccid) => change(() => setBy(iccid))}
            />
            <ChoiceField
              label={words.reason}
              value={reason}
              options={replacementReasons.map((value) => ({ value, label: reasonText(value) }))}
              error={messages['/reason']}
              onChange={(chosen) => change(() => setReason(chosen))}
            />
            <Preview action="replace" dryRun={dryRun} found={found} isPossible={by !== ''} isOutdated={false} />
          </>
        )
      }
    </FormModal>
  );
}
