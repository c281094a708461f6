import ColumnLayout from '@cloudscape-design/components/column-layout';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { isTariffId } from '../../../../domain/tariff.ts';
import { ifMatch } from '../../api/client.ts';
import { createWithId, ifNew } from '../../api/create-with-id.ts';
import { ChoiceField } from '../../app/choice-field.tsx';
import { ChoicesField } from '../../app/choices-field.tsx';
import { type DraftFormProps, FormModal } from '../../app/form-modal.tsx';
import { TextField } from '../../app/text-field.tsx';
import { useChange } from '../../app/use-change.ts';
import type { EditFormProps } from '../../app/use-editing.ts';
import * as text from '../../text/index.ts';
import { platformOperatorsQuery } from '../operators/queries.ts';
import { saveTariff, type Tariff } from './queries.ts';
import { bytesOf, emptyTariff, type TariffDraft, toTariffDraft, toTariffTerms, type units } from './tariff-draft.ts';

const t = text.platform.tariffs;

/** Creates a tariff. */
export function NewTariffForm({ onClose, onCreated }: { onClose: () => void; onCreated: (id: string) => void }) {
  const [draft, setDraft] = useState(emptyTariff);
  const save = useChange({
    run: () => createWithId(saveDraft(draft, ifNew), text.platform.idTaken),
    done: ({ name }) => t.created(name),
    invalidates: ['platform tariffs'],
    onDone: ({ id }) => onCreated(id),
  });
  return <TariffForm {...{ draft, save, onClose }} title={t.create} submit={t.create} isNew onChange={setDraft} />;
}

/** Changes a tariff, but never over a change by somebody else. */
export function EditTariffForm({ editing, data, etag }: EditFormProps<Tariff>) {
  const [draft, setDraft] = useState(() => toTariffDraft(data));
  const save = useChange({
    run: () => saveDraft(draft, ifMatch(etag)),
    done: ({ name }) => t.saved(name),
    invalidates: ['platform tariffs', 'grants'],
    onDone: editing.close,
  });
  return (
    <TariffForm
      {...{ draft, save }}
      title={t.edit}
      submit={text.forms.save}
      onChange={setDraft}
      onClose={editing.close}
      conflict={{ resource: `/v1/platform/tariffs/${data.id}`, onReload: editing.reload }}
    />
  );
}

/** @throws Error while a number is missing, which the form prevents */
async function saveDraft(draft: TariffDraft, conditions: { headers?: Record<string, string> }): Promise<Tariff> {
  const terms = toTariffTerms(draft);
  if (!terms) {
    throw new Error(t.numberInvalid);
  }
  return saveTariff(draft.id, terms, conditions);
}

const fieldPointers = [
  '/id',
  '/name',
  '/audience',
  '/operatorIds',
  '/networks',
  '/allowanceBytes',
  '/pooling',
  '/minimumTermMonths',
  '/monthlyPrice/amount',
  '/monthlyPrice/currency',
] as const;

function TariffForm({ draft, isNew = false, onChange, ...dialog }: DraftFormProps<TariffDraft>) {
  const set = (part: Partial<TariffDraft>) => onChange({ ...draft, ...part });
  const isIdInvalid = draft.id !== emptyTariff.id && !isTariffId(draft.id);
  return (
    <FormModal
      size="large"
      pointers={fieldPointers}
      isComplete={isTariffId(draft.id) && draft.operatorIds.length > 0 && toTariffTerms(draft) !== undefined}
      {...dialog}
    >
      {(messages) => (
        <SpaceBetween size="l">
          {isNew && (
            <TextField
              label={text.platform.id}
              hint={t.idHint}
              value={draft.id}
              error={isIdInvalid ? t.idInvalid : messages['/id']}
              onChange={(id) => set({ id })}
            />
          )}
          <TextField
            label={text.tariffs.columns.name}
            value={draft.name}
            error={messages['/name']}
            onChange={(name) => set({ name })}
          />
          <Coverage {...{ draft, isNew, messages, set }} />
          <Allowance {...{ draft, messages, set }} />
          <Price {...{ draft, messages, set }} />
        </SpaceBetween>
      )}
    </FormModal>
  );
}

type Part = {
  draft: TariffDraft;
  messages: Partial<Record<(typeof fieldPointers)[number], string>>;
  set: (part: Partial<TariffDraft>) => void;
};

function Coverage({ draft, isNew, messages, set }: Part & { isNew: boolean }) {
  const operators = useQuery(platformOperatorsQuery).data ?? [];
  const { audience, columns } = text.tariffs;
  return (
    <ColumnLayout columns={2}>
      <ChoiceField
        label={columns.audience}
        hint={t.audienceHint}
        disabled={!isNew}
        value={draft.audience}
        options={[
          { value: 'partner', label: audience.partner },
          { value: 'customer', label: audience.customer },
        ]}
        error={messages['/audience']}
        onChange={(audience) => set({ audience })}
      />
      <ChoicesField
        label={columns.operators}
        hint={t.operatorsHint}
        values={draft.operatorIds}
        options={operators.map(({ id, name }) => ({ value: id, label: name }))}
        error={messages['/operatorIds']}
        onChange={(operatorIds) => set({ operatorIds })}
      />
      <TextField
        label={columns.networks}
        hint={t.networksHint}
        value={draft.networks}
        error={messages['/networks']}
        onChange={(networks) => set({ networks })}
      />
    </ColumnLayout>
  );
}

function Allowance({ draft, messages, set }: Part) {
  const isInvalid = draft.allowance !== '' && bytesOf(draft) === undefined;
  const { pooling } = text.tariffs;
  const poolings = ['per_sim', 'static_pool', 'dynamic_pool'] as const;
  const names = ['B', 'KB', 'MB', 'GB', 'TB'] as const satisfies readonly (keyof typeof units)[];
  return (
    <ColumnLayout columns={3}>
      <TextField
        label={t.allowance}
        inputMode="decimal"
        value={draft.allowance}
        error={isInvalid ? t.numberInvalid : messages['/allowanceBytes']}
        onChange={(allowance) => set({ allowance })}
      />
      <ChoiceField
        label={t.unit}
        value={draft.unit}
        options={names.map((unit) => ({ value: unit, label: unit }))}
        onChange={(unit) => set({ unit })}
      />
      <ChoiceField
        label={t.pooling}
        value={draft.pooling}
        options={poolings.map((value) => ({ value, label: pooling[value] }))}
        error={messages['/pooling']}
        onChange={(chosen) => set({ pooling: chosen })}
      />
    </ColumnLayout>
  );
}

function Price({ draft, messages, set }: Part) {
  return (
    <ColumnLayout columns={3}>
      <TextField
        label={t.price}
        hint={t.priceHint}
        inputMode="decimal"
        value={draft.amount}
        error={messages['/monthlyPrice/amount']}
        onChange={(amount) => set({ amount })}
      />
      <TextField
        label={t.currency}
        hint={t.currencyHint}
        value={draft.currency}
        error={messages['/monthlyPrice/currency']}
        onChange={(currency) => set({ currency })}
      />
      <TextField
        label={text.tariffs.columns.term}
        hint={t.termHint}
        inputMode="numeric"
        value={draft.term}
        error={messages['/minimumTermMonths']}
        onChange={(term) => set({ term })}
      />
    </ColumnLayout>
  );
}
