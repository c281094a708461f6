import Button from '@cloudscape-design/components/button';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, ifMatch, type Resource, read } from '../../api/client.ts';
import { Details } from '../../app/details.tsx';
import { FormModal } from '../../app/form-modal.tsx';
import { Loaded } from '../../app/loaded.tsx';
import { ResourcePage } from '../../app/resource-page.tsx';
import { TextField } from '../../app/text-field.tsx';
import { useChange } from '../../app/use-change.ts';
import { type EditFormProps, useEditing } from '../../app/use-editing.ts';
import * as text from '../../text/index.ts';
import { simFieldsQuery } from '../sims/queries.ts';
import { parseNames } from './parse-names.ts';

type SimFields = Resource<'SimFields'>;

const t = text.sims.fieldNames;

/** The names of the fields that the partner keeps with its SIMs. */
export default function SimFieldsPage() {
  const query = useQuery(simFieldsQuery);
  const editing = useEditing(query);
  return (
    <Loaded query={query}>
      {({ data: { names, formerNames } }) => (
        <ResourcePage
          title={t.title}
          description={t.lead}
          actions={<Button onClick={editing.open}>{text.forms.edit}</Button>}
        >
          <Details
            items={[
              { label: t.names, value: names.join(', ') || text.shell.none },
              { label: t.formerNames, value: formerNames.join(', ') || text.shell.none },
            ]}
          />
          {editing.opened && <EditNames key={editing.opened.etag} editing={editing} {...editing.opened} />}
        </ResourcePage>
      )}
    </Loaded>
  );
}

/** Sets the names, but never over a change by somebody else. */
function EditNames({ editing, data, etag }: EditFormProps<SimFields>) {
  const [typed, setTyped] = useState(data.names.join('\n'));
  const save = useChange({
    run: () => read(api.PUT('/v1/sim-fields', { ...ifMatch(etag), body: { names: parseNames(typed) } })),
    done: t.saved,
    invalidates: ['sim fields'],
    onDone: editing.close,
  });
  return (
    <FormModal
      title={t.title}
      submit={text.forms.save}
      pointers={['/names']}
      conflict={{ resource: '/v1/sim-fields', onReload: editing.reload }}
      save={save}
      onClose={editing.close}
    >
      {(messages) => (
        <TextField
          label={t.names}
          hint={t.hint}
          rows={10}
          value={typed}
          error={messages['/names']}
          onChange={setTyped}
        />
      )}
    </FormModal>
  );
}
