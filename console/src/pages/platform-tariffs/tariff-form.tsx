import ColumnLayout from '@cloudscape-design/components/column-layout';
import { useQuery } from '@tanstack/react-query';
import { isTariffId } from '../../../../domain/tariff.ts';
import { ChoiceField } from '../../app/choice-field.tsx';
import { ChoicesField } from '../../app/choices-field.tsx';
import type { ChosenIdKind, FieldsProps } from '../../app/chosen-id-form.tsx';
import { TextField } from '../../app/text-field.tsx';
import * as text from '../../text/index.ts';
import { platformOperatorsQuery } from '../operators/queries.ts';
import { saveTariff, type Tariff } from './queries.ts';
import {
  bytesOf,
  emptyTariff,
  type TariffDraft,
  type TariffTerms,
  toTariffDraft,
  toTariffTerms,
  type units,
} from './tariff-draft.ts';

const t = text.platform.tariffs;

const fieldPointers = [
  '/name',
  '/audience',
  '/operatorIds',
  '/networks',
  '/allowanceBytes',
  '/pooling',
  '/minimumTermMonths',
  '/monthlyPrice/amount',
  '/monthlyPrice/currency',
];

/** The forms of tariffs. */
export const tariffKind: ChosenIdKind<Tariff, TariffDraft, TariffTerms> = {
  path: '/v1/platform/tariffs',
  words: text.platform.tariffs,
  empty: emptyTariff,
  isId: isTariffId,
  toDraft: toTariffDraft,
  toBody: (draft) => (draft.operatorIds.length > 0 ? toTariffTerms(draft) : undefined),
  save: saveTariff,
  invalidates: ['platform tariffs', 'grants'],
  pointers: () => fieldPointers,
  Fields: TariffFields,
};

function TariffFields(props: FieldsProps<TariffDraft>) {
  const { draft, messages, set } = props;
  return (
    <>
      <TextField
        label={text.tariffs.columns.name}
        value={draft.name}
        error={messages['/name']}
        onChange={(name) => set({ name })}
      />
      <Coverage {...props} />
      <Allowance {...props} />
      <Price {...props} />
    </>
  );
}

type Part = Omit<FieldsProps<TariffDraft>, 'isNew'>;

function Coverage({ draft, isNew, messages, set }: FieldsProps<TariffDraft>) {
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
