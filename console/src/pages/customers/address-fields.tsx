import ColumnLayout from '@cloudscape-design/components/column-layout';
import { TextField } from '../../app/text-field.tsx';
import * as text from '../../text/index.ts';
import type { AddressDraft } from './customer-draft.ts';

const words = text.forms.address;

export function AddressFields({
  label,
  value,
  pointer,
  messages,
  onChange,
}: {
  label: string;
  value: AddressDraft;
  /** The JSON pointer of the address in the request. */
  pointer: string;
  messages: Readonly<Partial<Record<string, string>>>;
  onChange: (value: AddressDraft) => void;
}) {
  const field = (name: keyof AddressDraft) => ({
    label: words[name],
    value: value[name],
    error: messages[`${pointer}/${name}`],
    onChange: (typed: string) => onChange({ ...value, [name]: typed }),
  });
  return (
    <fieldset className="plain-fieldset" aria-label={label}>
      <ColumnLayout columns={2}>
        <TextField {...field('name')} />
        <TextField {...field('lines')} rows={2} hint={words.linesHint} />
        <TextField {...field('city')} />
        <TextField {...field('postalCode')} isOptional />
        <TextField {...field('country')} hint={words.countryHint} />
      </ColumnLayout>
    </fieldset>
  );
}
