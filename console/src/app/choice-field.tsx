import FormField from '@cloudscape-design/components/form-field';
import Select from '@cloudscape-design/components/select';
import { text } from '../text/index.ts';

/** A field of a form with one of a few values. */
export function ChoiceField({
  label,
  value,
  options,
  onChange,
  hint,
  error,
  disabled = false,
}: {
  label: string;
  value: string;
  options: readonly { value: string; label: string; description?: string }[];
  onChange: (value: string) => void;
  hint?: string;
  error?: string | undefined;
  disabled?: boolean;
}) {
  return (
    <FormField label={label} constraintText={hint} errorText={error}>
      <Select
        placeholder={text.forms.choose}
        empty={text.forms.noMatch}
        disabled={disabled}
        filteringType={options.length > 10 ? 'auto' : 'none'}
        selectedOption={options.find((option) => option.value === value) ?? null}
        options={options}
        onChange={({ detail }) => onChange(detail.selectedOption.value ?? '')}
      />
    </FormField>
  );
}
