import FormField from '@cloudscape-design/components/form-field';
import Multiselect from '@cloudscape-design/components/multiselect';
import * as text from '../text/index.ts';

/** A field of a form with some of a few values. */
export function ChoicesField({
  label,
  values,
  options,
  onChange,
  hint,
  error,
}: {
  label: string;
  values: readonly string[];
  options: readonly { value: string; label: string; description?: string }[];
  onChange: (values: string[]) => void;
  hint?: string;
  error?: string | undefined;
}) {
  return (
    <FormField label={label} constraintText={hint} errorText={error}>
      <Multiselect
        placeholder={text.forms.choose}
        empty={text.forms.noMatch}
        filteringType={options.length > 10 ? 'auto' : 'none'}
        selectedOptions={values.map(
          (value) => options.find((option) => option.value === value) ?? { value, label: value },
        )}
        options={options}
        deselectAriaLabel={({ label: option }) => text.platform.remove(option ?? '')}
        onChange={({ detail }) => onChange(detail.selectedOptions.flatMap(({ value }) => value ?? []))}
      />
    </FormField>
  );
}
