import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import FormField from '@cloudscape-design/components/form-field';
import Select from '@cloudscape-design/components/select';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { replacementReasons } from '../../../../domain/replacement.ts';
import { ChoiceField } from '../../app/choice-field.tsx';
import { FormModal } from '../../app/form-modal.tsx';
import { RouterLink } from '../../app/router-link.tsx';
import { useChange } from '../../app/use-change.ts';
import { useSession } from '../../session/session-context.tsx';
import * as text from '../../text/index.ts';
import { Preview } from '../sims/preview.tsx';
import { isReport, readSims, type Sim } from '../sims/queries.ts';
import { useReport } from '../sims/use-report.ts';
import { type ReplacementReason, replacementQuery, replaceSim } from './queries.ts';

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
      {(messages) => (
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
            options={replacementReasons.map((value) => ({ value, label: words.reasons[value] }))}
            error={messages['/reason']}
            onChange={(chosen) => change(() => setReason(chosen))}
          />
          <Preview action="replace" dryRun={dryRun} found={found} isPossible={by !== ''} isOutdated={false} />
        </>
      )}
    </FormModal>
  );
}

/** Nothing can replace the SIM: what to do first. */
function NoStock() {
  const { can } = useSession();
  return (
    <Alert type="warning" header={words.nothingInStock}>
      {words.fillStock} {can('createOrder') && <RouterLink to="/orders/new">{text.orders.create}</RouterLink>}
    </Alert>
  );
}

/** Chooses a SIM in stock. Those of another operator are marked. */
function StockChoice({
  operatorId,
  value,
  error,
  onChange,
}: {
  operatorId: string;
  value: string;
  error: string | undefined;
  onChange: (iccid: string) => void;
}) {
  const [typed, setTyped] = useState('');
  const found = useQuery({
    queryKey: ['sims', 'stock', typed],
    queryFn: () => readSims({ state: 'in_stock', ...(typed && { q: typed }) }, undefined, 50),
    placeholderData: keepPreviousData,
  });
  if (found.data?.items.length === 0 && typed === '' && !found.isPlaceholderData) {
    return <NoStock />;
  }
  const options = (found.data?.items ?? []).map((sim) => ({
    value: sim.iccid,
    label: sim.iccid,
    description: [sim.label, sim.operatorId].filter(Boolean).join(', '),
    ...(sim.operatorId !== operatorId && { labelTag: words.otherOperator }),
  }));
  return (
    <FormField label={words.by} constraintText={words.byHint} errorText={error}>
      <Select
        placeholder={text.forms.choose}
        filteringType="manual"
        filteringAriaLabel={words.search}
        filteringPlaceholder={words.search}
        empty={words.noStock}
        statusType={found.isPending ? 'loading' : 'finished'}
        loadingText={text.shell.loading}
        selectedOption={value === '' ? null : { value, label: value }}
        options={options}
        onLoadItems={({ detail }) => setTyped(detail.filteringText.trim())}
        onChange={({ detail }) => onChange(detail.selectedOption.value ?? '')}
      />
    </FormField>
  );
}
