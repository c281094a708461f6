import { useState } from 'react';
import { useNavigate } from 'react-router';
import { ConfirmModal } from '../../app/confirm-modal.tsx';
import { FormModal } from '../../app/form-modal.tsx';
import { TextField } from '../../app/text-field.tsx';
import { useChange } from '../../app/use-change.ts';
import type { EditFormProps, Editing } from '../../app/use-editing.ts';
import * as text from '../../text/index.ts';
import { changeUser, removeUserById, type User } from '../users/queries.ts';

const words = text.users;

/** The id: roles of a user are changed at paths below the user's. */
const conflictOf = ({ id }: User, editing: Editing<User>) => ({ resource: id, onReload: editing.reload });

export function EditUser({ editing, data, etag }: EditFormProps<User>) {
  const [firstName, setFirstName] = useState(data.firstName ?? '');
  const [lastName, setLastName] = useState(data.lastName ?? '');
  const save = useChange({
    run: () => changeUser(data.id, { firstName: firstName.trim() || null, lastName: lastName.trim() || null }, etag),
    done: words.saved(data.email),
    invalidates: ['users'],
    onDone: editing.close,
  });
  return (
    <FormModal
      title={words.edit}
      submit={text.forms.save}
      pointers={['/firstName', '/lastName']}
      conflict={conflictOf(data, editing)}
      save={save}
      onClose={editing.close}
    >
      {(messages) => (
        <>
          <TextField
            label={words.firstName}
            isOptional
            value={firstName}
            error={messages['/firstName']}
            onChange={setFirstName}
          />
          <TextField
            label={words.lastName}
            isOptional
            value={lastName}
            error={messages['/lastName']}
            onChange={setLastName}
          />
        </>
      )}
    </FormModal>
  );
}

export function DeactivateUser({ editing, data, etag }: EditFormProps<User>) {
  const run = useChange({
    run: () => changeUser(data.id, { active: false }, etag),
    done: words.deactivated(data.email),
    invalidates: ['users'],
    onDone: editing.close,
  });
  return (
    <ConfirmModal
      title={words.deactivateTitle(data.email)}
      action={words.deactivate}
      run={run}
      conflict={conflictOf(data, editing)}
      onClose={editing.close}
    >
      {words.deactivateText}
    </ConfirmModal>
  );
}

export function DeleteUser({ editing, data, etag }: EditFormProps<User>) {
  const navigate = useNavigate();
  const run = useChange({
    run: () => removeUserById(data.id, etag),
    done: words.delete.done(data.email),
    invalidates: ['users'],
    isRemoval: true,
    onDone: () => navigate('/users'),
  });
  return (
    <ConfirmModal
      title={words.delete.title(data.email)}
      action={text.forms.delete}
      run={run}
      conflict={conflictOf(data, editing)}
      onClose={editing.close}
    >
      {words.delete.text}
    </ConfirmModal>
  );
}
