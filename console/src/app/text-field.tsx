import FormField from '@cloudscape-design/components/form-field';
import Input, { type InputProps } from '@cloudscape-design/components/input';
import Textarea from '@cloudscape-design/components/textarea';
import * as text from '../text/index.ts';

/** A field of a form for text, of several lines if `rows` is given. */
export function TextField({
  label,
  value,
  onChange,
  hint,
  error,
  isOptional = false,
  rows,
  ...input
}: {
  label: string;
  value: string;
  onChange: (value: string) => void;
  hint?: string;
  error?: string | undefined;
  isOptional?: boolean;
  rows?: number;
} & Partial<Pick<InputProps, 'type' | 'inputMode' | 'autoFocus' | 'disabled'>>) {
  return (
    <FormField label={isOptional ? text.forms.optional(label) : label} constraintText={hint} errorText={error}>
      {rows === undefined ? (
        <Input {...input} value={value} onChange={({ detail }) => onChange(detail.value)} />
      ) : (
        <Textarea rows={rows} value={value} onChange={({ detail }) => onChange(detail.value)} />
      )}
    </FormField>
  );
}
