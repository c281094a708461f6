import { useState } from 'react';
import { FormModal } from '../../app/form-modal.tsx';
import { TextField } from '../../app/text-field.tsx';
import { useChange } from '../../app/use-change.ts';
import type { EditFormProps } from '../../app/use-editing.ts';
import * as text from '../../text/index.ts';
import type { Sim } from '../sims/queries.ts';
import { parseTags } from './parse-tags.ts';
import { saveLabels } from './queries.ts';

/** Changes the label and the tags of a SIM, but never over a change by somebody else. */
export function EditLabels({ editing, data: sim, etag }: EditFormProps<Sim>) {
  const [label, setLabel] = useState(sim.label ?? '');
  const [tags, setTags] = useState(sim.tags.join(', '));
  const save = useChange({
    run: () => saveLabels(sim.iccid, { label: label.trim() || null, tags: parseTags(tags) }, etag),
    done: text.sims.saved,
    invalidates: ['sims'],
    onDone: editing.close,
  });
  return (
    <FormModal
      title={text.sims.editLabel}
      submit={text.forms.save}
      pointers={['/label', '/tags']}
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
        </>
      )}
    </FormModal>
  );
}
