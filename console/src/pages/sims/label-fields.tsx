import Checkbox from '@cloudscape-design/components/checkbox';
import { useQuery } from '@tanstack/react-query';
import type { FieldMessages } from '../../app/form-modal.tsx';
import { TextField } from '../../app/text-field.tsx';
import * as text from '../../text/index.ts';
import type { LabelDraft } from './label-draft.ts';
import { simFieldsQuery } from './queries.ts';

const words = text.sims.labels;

/** What to change in the labels, tags and fields of several SIMs. */
export function LabelFields({
  draft,
  messages,
  onChange,
}: {
  draft: LabelDraft;
  messages: FieldMessages<string>;
  onChange: (part: Partial<LabelDraft>) => void;
}) {
  const { names, formerNames } = useQuery(simFieldsQuery).data?.data ?? { names: [], formerNames: [] };
  const remove = (name: string, isRemoved: boolean) =>
    onChange({
      removedFields: isRemoved
        ? [...draft.removedFields, name]
        : draft.removedFields.filter((removed) => removed !== name),
    });
  return (
    <>
      <TextField
        label={text.sims.label}
        hint={words.emptyHint}
        value={draft.label}
        error={messages['/label']}
        disabled={draft.removesLabel}
        onChange={(label) => onChange({ label })}
      />
      <Checkbox checked={draft.removesLabel} onChange={({ detail }) => onChange({ removesLabel: detail.checked })}>
        {words.removeLabel}
      </Checkbox>
      <TextField
        label={words.addTags}
        hint={text.forms.commas}
        value={draft.addTags}
        error={messages['/addTags']}
        onChange={(addTags) => onChange({ addTags })}
      />
      <TextField
        label={words.removeTags}
        hint={text.forms.commas}
        value={draft.removeTags}
        error={messages['/removeTags']}
        onChange={(removeTags) => onChange({ removeTags })}
      />
      {names.map((name) => (
        <div key={name}>
          <TextField
            label={words.field(name)}
            value={draft.fields[name] ?? ''}
            error={messages[`/fields/${name}`]}
            disabled={draft.removedFields.includes(name)}
            onChange={(value) => onChange({ fields: { ...draft.fields, [name]: value } })}
          />
          <RemoveField name={name} draft={draft} onRemove={remove} />
        </div>
      ))}
      {formerNames.map((name) => (
        <RemoveField key={name} name={name} draft={draft} onRemove={remove} />
      ))}
    </>
  );
}

function RemoveField({
  name,
  draft,
  onRemove,
}: {
  name: string;
  draft: LabelDraft;
  onRemove: (name: string, isRemoved: boolean) => void;
}) {
  return (
    <Checkbox checked={draft.removedFields.includes(name)} onChange={({ detail }) => onRemove(name, detail.checked)}>
      {words.removeField(name)}
    </Checkbox>
  );
}
