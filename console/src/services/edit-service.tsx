import { useState } from 'react';
import { FormModal } from '../app/form-modal.tsx';
import { TextField } from '../app/text-field.tsx';
import { useChange } from '../app/use-change.ts';
import type { EditFormProps } from '../app/use-editing.ts';
import * as text from '../text/index.ts';
import type { Service, ServiceKind } from './service-kind.ts';

const words = text.services;

/** Renames a service and changes its notes. */
export function EditService({ kind, editing, data: service, etag }: { kind: ServiceKind } & EditFormProps<Service>) {
  const [name, setName] = useState(service.name);
  const [notes, setNotes] = useState(service.notes ?? '');
  const save = useChange({
    run: () => kind.change(service.id, { name: name.trim(), notes: notes.trim() || null }, etag),
    done: (saved) => words.saved(saved.name),
    invalidates: [kind.key],
    onDone: editing.close,
  });
  return (
    <FormModal
      title={words.edit}
      submit={text.forms.save}
      pointers={['/name', '/notes']}
      isComplete={name.trim() !== ''}
      conflict={{ resource: `/v1${kind.path}/${service.id}`, onReload: editing.reload }}
      save={save}
      onClose={editing.close}
    >
      {(messages) => (
        <>
          <TextField label={words.columns.name} value={name} error={messages['/name']} onChange={setName} />
          <TextField
            label={words.columns.notes}
            isOptional
            rows={5}
            hint={words.notesHint[kind.audience]}
            value={notes}
            error={messages['/notes']}
            onChange={setNotes}
          />
        </>
      )}
    </FormModal>
  );
}
