import FormField from '@cloudscape-design/components/form-field';
import Select from '@cloudscape-design/components/select';
import * as text from '../text/index.ts';

/** A field of a form with one of a few values. Without a hint, the description of the chosen value is below it. */
export function ChoiceField<Value extends string>({
  label,
  value,
  options,
  onChange,
  hint,
  error,
  empty = text.forms.noMatch,
  disabled = false,
}: {
  label: string;
  /** Empty while nothing is chosen. */
  value: NoInfer<Value> | '';
  options: readonly { value: Value; label: string; description?: string }[];
  onChange: (value: NoInfer<Value>) => void;
  hint?: string;
  error?: string | undefined;
  /** The text in place of the options when there are none. */
  empty?: string;
  disabled?: boolean;
}) {
  const find = (sought: string | undefined) => options.find((option) => option.value === sought);
  return (
    <FormField label={label} constraintText={hint ?? find(value)?.description} errorText={error}>
      <Select
        placeholder={text.forms.choose}
        empty={empty}
        disabled={disabled}
        filteringType={options.length > 10 ? 'auto' : 'none'}
        selectedOption={find(value) ?? null}
        options={options}
        onChange={({ detail }) => {
          const chosen = find(detail.selectedOption.value);
          if (chosen) {
            onChange(chosen.value);
          }
        }}
      />
    </FormField>
  );
}
