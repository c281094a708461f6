import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Select, { type SelectProps } from '@cloudscape-design/components/select';
import { useState } from 'react';
import type { Operation } from '../../session/caller.ts';
import { useSession } from '../../session/session-context.tsx';
import * as text from '../../text/index.ts';
import { CreateModal, type Creation } from './create-modal.tsx';

const { wizard } = text.orders;

/** Chooses one of a few resources, or creates one without leaving the form, if the user may. */
export function ChooseOrCreate({
  label,
  hint,
  error,
  options,
  none,
  value,
  onChoose,
  creation,
}: {
  label: string;
  hint?: string;
  error?: string | undefined;
  options: readonly { id: string; name: string }[];
  /** The text of choosing none, where that is possible. */
  none?: string;
  value: string;
  onChoose: (id: string) => void;
  creation: Creation & { operation: Operation };
}) {
  const { can } = useSession();
  const [isOpen, setOpen] = useState(false);
  const choices: SelectProps.Option[] = [
    ...(none === undefined ? [] : [{ value: '', label: none }]),
    ...options.map(({ id, name }) => ({ value: id, label: name })),
  ];
  return (
    <>
      <FormField
        label={label}
        description={hint}
        errorText={error}
        secondaryControl={can(creation.operation) && <Button onClick={() => setOpen(true)}>{creation.title}</Button>}
      >
        <Select
          placeholder={wizard.choose}
          empty={wizard.noServices}
          filteringType={choices.length > 10 ? 'auto' : 'none'}
          selectedOption={choices.find((option) => option.value === value) ?? null}
          options={choices}
          onChange={({ detail }) => onChoose(detail.selectedOption.value ?? '')}
        />
      </FormField>
      {isOpen && (
        <CreateModal
          creation={creation}
          onClose={() => setOpen(false)}
          onCreated={(id) => {
            setOpen(false);
            onChoose(id);
          }}
        />
      )}
    </>
  );
}
