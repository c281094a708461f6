import Box from '@cloudscape-design/components/box';
import ColumnLayout from '@cloudscape-design/components/column-layout';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { CALENDARS } from '../../../../domain/bank-holidays.ts';
import { checkDigitRules } from '../../../../domain/iccid.ts';
import { handlings, platformKinds } from '../../../../domain/operator.ts';
import { ChoiceField } from '../../app/choice-field.tsx';
import type { FieldsProps } from '../../app/chosen-id-form.tsx';
import { TextField } from '../../app/text-field.tsx';
import * as text from '../../text/index.ts';
import type { OperatorDraft } from './operator-draft.ts';

const t = text.operators;

/** A part of the form of an operator. */
type Part = Omit<FieldsProps<OperatorDraft>, 'isNew'>;

export function GeneralSettings({ draft, messages, set }: Part) {
  return (
    <ColumnLayout columns={2}>
      <TextField
        label={t.columns.name}
        value={draft.name}
        error={messages['/name']}
        onChange={(name) => set({ name })}
      />
      <TextField
        label={t.columns.country}
        hint={t.countryHint}
        value={draft.country}
        error={messages['/country']}
        onChange={(country) => set({ country })}
      />
      <Choice
        label={t.checkDigit}
        hint={t.checkDigitHint}
        names={t.checkDigits}
        values={checkDigitRules}
        value={draft.checkDigit}
        error={messages['/iccid']}
        onChange={(checkDigit) => set({ checkDigit })}
      />
      <Choice
        label={t.onDifference}
        names={t.onDifferences}
        values={['report', 'enforce']}
        value={draft.onDifference}
        error={messages['/onDifference']}
        onChange={(onDifference) => set({ onDifference })}
      />
      <TextField
        label={t.testLimit}
        isOptional
        inputMode="numeric"
        hint={t.testLimitHint}
        value={draft.testLimit}
        error={messages['/testStatus']}
        onChange={(testLimit) => set({ testLimit })}
      />
    </ColumnLayout>
  );
}

/** Who does the work: the API, or the staff. */
export function HandlingSettings({ draft, messages, set }: Part) {
  return (
    <SpaceBetween size="m">
      <Box variant="h3">{t.handling}</Box>
      <ColumnLayout columns={3}>
        <Choice
          label={t.columns.ordering}
          hint={t.orderingHint}
          names={t.handlings}
          values={handlings}
          value={draft.ordering}
          error={messages['/ordering']}
          onChange={(ordering) => set({ ordering })}
        />
        <Choice
          label={t.columns.connectivity}
          hint={t.connectivityHint}
          names={t.handlings}
          values={handlings}
          value={draft.connectivity}
          error={messages['/connectivity']}
          onChange={(connectivity) => set({ connectivity })}
        />
        <Choice
          label={t.columns.usage}
          hint={t.usageHint}
          names={t.usages}
          values={['api', 'file']}
          value={draft.usage}
          error={messages['/usage']}
          onChange={(usage) => set({ usage })}
        />
      </ColumnLayout>
    </SpaceBetween>
  );
}

export function PlatformSettings({ draft, messages, set }: Part) {
  const limits = [
    ['requestsPerSecond', t.limitHint],
    ['requestsPerMinute', t.limitHint],
    ['concurrency', t.limitHint],
    ['batchSize', t.batchHint],
  ] as const;
  return (
    <SpaceBetween size="m">
      <Choice
        label={t.platform}
        hint={t.platformHint}
        names={t.platformKinds}
        values={['none', ...platformKinds]}
        value={draft.platformKind}
        error={messages['/platform']}
        onChange={(platformKind) => set({ platformKind })}
      />
      {draft.platformKind !== 'none' && (
        <ColumnLayout columns={4}>
          {limits.map(([field, hint]) => (
            <TextField
              key={field}
              label={t[field]}
              isOptional
              inputMode="numeric"
              hint={hint}
              value={draft[field]}
              error={messages[`/platform/${field}`]}
              onChange={(typed) => set({ [field]: typed })}
            />
          ))}
        </ColumnLayout>
      )}
    </SpaceBetween>
  );
}

export function OrderSettings({ draft, messages, set }: Part) {
  return (
    <SpaceBetween size="m">
      <Box variant="h3">{t.orders}</Box>
      <ColumnLayout columns={3}>
        <TextField
          label={t.columns.multiple}
          inputMode="numeric"
          hint={t.multipleHint}
          value={draft.orderMultiple}
          error={messages['/orderMultiple']}
          onChange={(orderMultiple) => set({ orderMultiple })}
        />
        <TextField
          label={t.leadMin}
          inputMode="numeric"
          hint={t.leadHint}
          value={draft.leadMin}
          error={messages['/leadTimeWorkingDays/min']}
          onChange={(leadMin) => set({ leadMin })}
        />
        <TextField
          label={t.leadMax}
          inputMode="numeric"
          hint={t.leadHint}
          value={draft.leadMax}
          error={messages['/leadTimeWorkingDays/max']}
          onChange={(leadMax) => set({ leadMax })}
        />
        <Choice
          label={t.calendar}
          hint={t.calendarHint}
          names={t.calendars}
          values={CALENDARS}
          value={draft.calendar}
          error={messages['/calendar']}
          onChange={(calendar) => set({ calendar })}
        />
        <TextField
          label={t.closedDays}
          isOptional
          rows={3}
          hint={t.closedDaysHint}
          value={draft.closedDays}
          error={messages['/closedDays']}
          onChange={(closedDays) => set({ closedDays })}
        />
      </ColumnLayout>
    </SpaceBetween>
  );
}

/** A choice among the values of a union, with the name of each. */
function Choice<Value extends string>({
  names,
  values,
  ...field
}: {
  label: string;
  hint?: string;
  names: Readonly<Record<Value, string>>;
  values: readonly Value[];
  value: Value;
  error: string | undefined;
  onChange: (value: Value) => void;
}) {
  return <ChoiceField {...field} options={values.map((value) => ({ value, label: names[value] }))} />;
}
