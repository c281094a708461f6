import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Modal from '@cloudscape-design/components/modal';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { messagesFor } from '../../api/api-problem.ts';
import { text } from '../../text/index.ts';

const { wizard } = text.orders;

/** Something with a name, and with a tariff if `tariffs` is given. */
export type Creation = {
  title: string;
  isNameOptional?: boolean;
  tariffs?: readonly { id: string; name: string }[];
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
  // The tariffs may arrive after the form has opened.
  const tariffId = chosenId || (tariffs?.[0]?.id ?? '');
  const creation = useMutation({
    mutationFn: () => create({ name: name.trim(), tariffId }),
    onSuccess: ({ id }) => onCreated(id),
  });
  const { fields, other } = messagesFor(creation.error, ['/name', '/tariffId']);
  const isComplete = (isNameOptional || name.trim() !== '') && (tariffs === undefined || tariffId !== '');
  const options = tariffs?.map((tariff) => ({ value: tariff.id, label: tariff.name })) ?? [];
  return (
    <Modal
      visible
      header={title}
      onDismiss={onClose}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={onClose}>
              {text.shell.cancel}
            </Button>
            <Button
              variant="primary"
              disabled={!isComplete}
              loading={creation.isPending}
              onClick={() => creation.mutate()}
            >
              {title}
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m">
        {other !== undefined && <Alert type="error">{other}</Alert>}
        <FormField label={wizard.name + (isNameOptional ? wizard.optional : '')} errorText={fields['/name']}>
          <Input value={name} onChange={({ detail }) => setName(detail.value)} />
        </FormField>
        {tariffs && (
          <FormField label={wizard.tariff} errorText={fields['/tariffId']}>
            <Select
              empty={wizard.noServices}
              selectedOption={options.find(({ value }) => value === tariffId) ?? null}
              options={options}
              onChange={({ detail }) => setChosenId(detail.selectedOption.value ?? '')}
            />
          </FormField>
        )}
      </SpaceBetween>
    </Modal>
  );
}
