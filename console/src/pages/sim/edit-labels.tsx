import Checkbox from '@cloudscape-design/components/checkbox';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { FormModal } from '../../app/form-modal.tsx';
import { TextField } from '../../app/text-field.tsx';
import { useChange } from '../../app/use-change.ts';
import type { EditFormProps } from '../../app/use-editing.ts';
import * as text from '../../text/index.ts';
import { parseTags } from '../sims/parse-tags.ts';
import { type Sim, simFieldsQuery } from '../sims/queries.ts';
import { changedFields } from './changed-fields.ts';
import { saveLabels } from './queries.ts';

/** Changes the label, the tags and the fields of a SIM, but never over a change by somebody else. */
export function EditLabels({ editing, data: sim, etag }: EditFormProps<Sim>) {
  const [label, setLabel] = useState(sim.label ?? '');
  const [tags, setTags] = useState(sim.tags.join(', '));
  const [fields, setFields] = useState<Readonly<Record<string, string>>>(sim.fields);
  const names = useQuery(simFieldsQuery).data?.data.names ?? [];
  // Texts under names that an admin has removed can only be removed.
  const former = Object.keys(sim.fields).filter((name) => !names.includes(name));
  const save = useChange({
    run: () => {
      const change = changedFields(sim.fields, fields);
      const body = { label: label.trim() || null, tags: parseTags(tags), ...(change && { fields: change }) };
      return saveLabels(sim.iccid, body, etag);
    },
    done: text.sims.saved,
    invalidates: ['sims'],
    onDone: editing.close,
  });
  return (
    <FormModal
      title={text.sims.editLabel}
      submit={text.forms.save}
      pointers={['/label', '/tags', ...names.map((name) => `/fields/${name}`)]}
      conflict={{ resource: `/v1/sims/${sim.iccid}`, onReload: editing.reload }}
      save={save}
      onClose={editing.close}
    >
      {(messages) => (
        <>
          <TextField label={text.sims.label} value={label} error={messages['/label']} onChange={setLabel} />
          <TextField
            label={text.sims.tags}
            hint={text.sims.tagsHint}
            value={tags}
            error={messages['/tags']}
            onChange={setTags}
          />
          {names.map((name) => (
            <TextField
              key={name}
              label={name}
              value={fields[name] ?? ''}
              error={messages[`/fields/${name}`]}
              onChange={(value) => setFields({ ...fields, [name]: value })}
            />
          ))}
          {former.map((name) => (
            <Checkbox
              key={name}
              checked={fields[name] === ''}
              description={sim.fields[name]}
              onChange={({ detail }) =>
                setFields({ ...fields, [name]: detail.checked ? '' : (sim.fields[name] ?? '') })
              }
            >
              {text.sims.labels.removeField(name)}
            </Checkbox>
          ))}
        </>
      )}
    </FormModal>
  );
}
