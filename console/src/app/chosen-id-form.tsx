import SpaceBetween from '@cloudscape-design/components/space-between';
import { type ReactNode, useState } from 'react';
import { ifMatch } from '../api/client.ts';
import { createWithId, ifNew } from '../api/create-with-id.ts';
import * as text from '../text/index.ts';
import { type DraftFormProps, FormModal } from './form-modal.tsx';
import { TextField } from './text-field.tsx';
import { useChange } from './use-change.ts';
import type { EditFormProps } from './use-editing.ts';

/** The properties of the fields of a form: the values so far, the API's messages by JSON pointer, and how values change. */
export type FieldsProps<Draft> = {
  draft: Draft;
  isNew: boolean;
  messages: Readonly<Partial<Record<string, string>>>;
  set: (part: Partial<Draft>) => void;
};

/** A kind of resource that is created and changed with `PUT`, under an id that the user chooses. */
export type ChosenIdKind<Saved, Draft, Body> = {
  /** The path of all resources of the kind. */
  path: string;
  words: {
    create: string;
    edit: string;
    created: (name: string) => string;
    saved: (name: string) => string;
    idHint: string;
    idInvalid: string;
  };
  empty: Draft;
  isId: (id: string) => boolean;
  toDraft: (saved: Saved) => Draft;
  /** The body of the request; `undefined` while values are missing or invalid. */
  toBody: (draft: Draft) => Body | undefined;
  save: (id: string, body: Body, conditions: { headers?: Record<string, string> }) => Promise<Saved>;
  /** The first parts of the keys of the queries to read again. */
  invalidates: readonly string[];
  /** The JSON pointers of the fields. */
  pointers: (draft: Draft) => readonly string[];
  Fields: (props: FieldsProps<Draft>) => ReactNode;
};

/** Creates a resource. */
export function NewChosenIdForm<Saved extends { id: string; name: string }, Draft extends { id: string }, Body>({
  kind,
  onClose,
  onCreated,
}: {
  kind: ChosenIdKind<Saved, Draft, Body>;
  onClose: () => void;
  onCreated: (id: string) => void;
}) {
  const { words } = kind;
  const [draft, setDraft] = useState(kind.empty);
  const save = useChange({
    run: () => createWithId(saveDraft(kind, draft, ifNew), text.platform.idTaken),
    done: ({ name }) => words.created(name),
    invalidates: kind.invalidates,
    onDone: ({ id }) => onCreated(id),
  });
  return (
    <Form {...{ kind, draft, save, onClose }} title={words.create} submit={words.create} isNew onChange={setDraft} />
  );
}

/** Changes a resource, but never over a change by somebody else. */
export function EditChosenIdForm<Saved extends { id: string; name: string }, Draft extends { id: string }, Body>({
  kind,
  editing,
  data,
  etag,
}: EditFormProps<Saved> & { kind: ChosenIdKind<Saved, Draft, Body> }) {
  const { words } = kind;
  const [draft, setDraft] = useState(() => kind.toDraft(data));
  const save = useChange({
    run: () => saveDraft(kind, draft, ifMatch(etag)),
    done: ({ name }) => words.saved(name),
    invalidates: kind.invalidates,
    onDone: editing.close,
  });
  return (
    <Form
      {...{ kind, draft, save }}
      title={words.edit}
      submit={text.forms.save}
      onChange={setDraft}
      onClose={editing.close}
      conflict={{ resource: `${kind.path}/${data.id}`, onReload: editing.reload }}
    />
  );
}

/** @throws Error while a value is missing, which the form prevents */
async function saveDraft<Saved, Draft extends { id: string }, Body>(
  { toBody, save }: ChosenIdKind<Saved, Draft, Body>,
  draft: Draft,
  conditions: { headers?: Record<string, string> },
): Promise<Saved> {
  const body = toBody(draft);
  if (body === undefined) {
    throw new Error(`The values of ${draft.id} are incomplete.`);
  }
  return save(draft.id, body, conditions);
}

function Form<Saved, Draft extends { id: string }, Body>({
  kind,
  draft,
  isNew = false,
  onChange,
  ...dialog
}: DraftFormProps<Draft> & { kind: ChosenIdKind<Saved, Draft, Body> }) {
  const { words, isId, Fields } = kind;
  const isIdInvalid = draft.id !== kind.empty.id && !isId(draft.id);
  return (
    <FormModal
      size="large"
      pointers={['/id', ...kind.pointers(draft)]}
      isComplete={isId(draft.id) && kind.toBody(draft) !== undefined}
      {...dialog}
    >
      {(messages) => (
        <SpaceBetween size="l">
          {isNew && (
            <TextField
              label={text.platform.id}
              hint={words.idHint}
              value={draft.id}
              error={isIdInvalid ? words.idInvalid : messages['/id']}
              onChange={(id) => onChange({ ...draft, id })}
            />
          )}
          <Fields {...{ draft, isNew, messages }} set={(part) => onChange({ ...draft, ...part })} />
        </SpaceBetween>
      )}
    </FormModal>
  );
}
