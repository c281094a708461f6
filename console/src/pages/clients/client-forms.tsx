import { useState } from 'react';
import { partnerRoles } from '../../../../domain/access.ts';
import { ConfirmModal } from '../../app/confirm-modal.tsx';
import { FormModal } from '../../app/form-modal.tsx';
import { RolesField } from '../../app/roles-field.tsx';
import { TextField } from '../../app/text-field.tsx';
import { useChange } from '../../app/use-change.ts';
import * as text from '../../text/index.ts';
import { type ApiClient, addClient, removeClient, rotateClient, type Secret } from './queries.ts';

const words = text.clients;

export function NewClientForm({ onClose, onCreated }: { onClose: () => void; onCreated: (created: Secret) => void }) {
  const [name, setName] = useState('');
  const [roles, setRoles] = useState<ApiClient['roles']>([]);
  const save = useChange({
    run: () => addClient({ name: name.trim(), roles }),
    invalidates: ['clients'],
    onDone: onCreated,
  });
  return (
    <FormModal
      title={words.create}
      submit={words.create}
      pointers={['/name', '/roles']}
      isComplete={name.trim() !== '' && roles.length > 0}
      {...{ save, onClose }}
    >
      {(messages) => (
        <>
          <TextField
            label={words.columns.name}
            hint={words.nameHint}
            value={name}
            error={messages['/name']}
            onChange={setName}
          />
          <RolesField offered={partnerRoles} value={roles} error={messages['/roles']} onChange={setRoles} />
        </>
      )}
    </FormModal>
  );
}

export function RotateSecret({
  client: { id, name },
  onClose,
  onRotated,
}: {
  client: ApiClient;
  onClose: () => void;
  onRotated: (rotated: Secret) => void;
}) {
  const run = useChange({ run: () => rotateClient(id), invalidates: ['clients'], onDone: onRotated });
  return (
    <ConfirmModal title={words.rotate.title(name)} action={words.rotate.action} {...{ run, onClose }}>
      {words.rotate.text}
    </ConfirmModal>
  );
}

export function RevokeClient({ client: { id, name }, onClose }: { client: ApiClient; onClose: () => void }) {
  const run = useChange({
    run: () => removeClient(id),
    done: words.revoke.done(name),
    invalidates: ['clients'],
    onDone: onClose,
  });
  return (
    <ConfirmModal title={words.revoke.title(name)} action={words.revoke.action} {...{ run, onClose }}>
      {words.revoke.text}
    </ConfirmModal>
  );
}
