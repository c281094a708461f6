import ColumnLayout from '@cloudscape-design/components/column-layout';
import { TextField } from '../../app/text-field.tsx';
import * as text from '../../text/index.ts';
import type { ContactDraft } from './customer-draft.ts';

const words = text.forms.contact;

export function ContactFields({
  value,
  pointer,
  messages,
  onChange,
}: {
  value: ContactDraft;
  /** The JSON pointer of the contact in the request. */
  pointer: string;
  messages: Readonly<Partial<Record<string, string>>>;
  onChange: (value: ContactDraft) => void;
}) {
  return (
    <ColumnLayout columns={3}>
      {(['name', 'email', 'phone'] as const).map((field) => (
        <TextField
          key={field}
          label={words[field]}
          isOptional={field === 'phone'}
          value={value[field]}
          error={messages[`${pointer}/${field}`]}
          onChange={(typed) => onChange({ ...value, [field]: typed })}
        />
      ))}
    </ColumnLayout>
  );
}
