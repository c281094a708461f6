import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { Resource } from '../../api/client.ts';
import { ChoiceField } from '../../app/choice-field.tsx';
import { FormModal } from '../../app/form-modal.tsx';
import { TextField } from '../../app/text-field.tsx';
import { tariffOptions } from '../../services/tariff-text.ts';
import * as text from '../../text/index.ts';

const { wizard } = text.orders;

/** Something with a name, and with a tariff if `tariffs` is given. */
export type Creation = {
  title: string;
  isNameOptional?: boolean;
  tariffs?: readonly Resource<'Tariff'>[];
  create: (values: { name: string; tariffId: string }) => Promise<{ id: string }>;
};

export function CreateModal({
  creation: { title, isNameOptional = false, tariffs, create },
  onClose,
  onCreated,
}: {
  creation: Creation;
  onClose: () => void;
  onCreated: (id: string) => void;
}) {
  const [name, setName] = useState('');
  const [chosenId, setChosenId] = useState('');
  // A single tariff is no choice. The tariffs may arrive after the form has opened.
  const tariffId = chosenId || (tariffs?.length === 1 ? (tariffs[0]?.id ?? '') : '');
  const save = useMutation({
    mutationFn: () => create({ name: name.trim(), tariffId }),
    onSuccess: ({ id }) => onCreated(id),
  });
  return (
    <FormModal
      title={title}
      submit={title}
      pointers={['/name', '/tariffId']}
      isComplete={(isNameOptional || name.trim() !== '') && (tariffs === undefined || tariffId !== '')}
      save={save}
      onClose={onClose}
    >
      {(messages) => (
        <>
          <TextField
            label={text.forms.name}
            isOptional={isNameOptional}
            value={name}
            error={messages['/name']}
            onChange={setName}
          />
          {tariffs && (
            <ChoiceField
              label={wizard.tariff}
              value={tariffId}
              options={tariffOptions(tariffs)}
              empty={wizard.noTariffs}
              error={messages['/tariffId']}
              onChange={setChosenId}
            />
          )}
        </>
      )}
    </FormModal>
  );
}
