import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { isOperatorId } from '../../../../domain/operator.ts';
import { ifMatch } from '../../api/client.ts';
import { createWithId, ifNew } from '../../api/create-with-id.ts';
import { type DraftFormProps, FormModal } from '../../app/form-modal.tsx';
import { TextField } from '../../app/text-field.tsx';
import { useChange } from '../../app/use-change.ts';
import type { EditFormProps } from '../../app/use-editing.ts';
import * as text from '../../text/index.ts';
import { emptyOperator, type OperatorDraft, toOperatorDraft, toOperatorSettings } from './operator-draft.ts';
import { GeneralSettings, HandlingSettings, OrderSettings, PlatformSettings } from './operator-settings.tsx';
import { ProductSettings } from './product-settings.tsx';
import { type Operator, saveOperator } from './queries.ts';

const t = text.operators;

/** Creates an operator. */
export function NewOperatorForm({ onClose, onCreated }: { onClose: () => void; onCreated: (id: string) => void }) {
  const [draft, setDraft] = useState(emptyOperator);
  const save = useChange({
    run: () => createWithId(saveDraft(draft, ifNew), text.platform.idTaken),
    done: ({ name }) => t.created(name),
    invalidates: ['platform operators'],
    onDone: ({ id }) => onCreated(id),
  });
  return <OperatorForm {...{ draft, save, onClose }} title={t.create} submit={t.create} isNew onChange={setDraft} />;
}

/** Changes an operator, but never over a change by somebody else. */
export function EditOperatorForm({ editing, data, etag }: EditFormProps<Operator>) {
  const [draft, setDraft] = useState(() => toOperatorDraft(data));
  const save = useChange({
    run: () => saveDraft(draft, ifMatch(etag)),
    done: ({ name }) => t.saved(name),
    invalidates: ['platform operators'],
    onDone: editing.close,
  });
  return (
    <OperatorForm
      {...{ draft, save }}
      title={t.edit}
      submit={text.forms.save}
      onChange={setDraft}
      onClose={editing.close}
      conflict={{ resource: `/v1/platform/operators/${data.id}`, onReload: editing.reload }}
    />
  );
}

/** @throws Error while a number is missing, which the form prevents */
async function saveDraft(draft: OperatorDraft, conditions: { headers?: Record<string, string> }): Promise<Operator> {
  const settings = toOperatorSettings(draft);
  if (!settings) {
    throw new Error(t.numberInvalid);
  }
  return saveOperator(draft.id, settings, conditions);
}

const fieldPointers = [
  '/id',
  '/name',
  '/country',
  '/calendar',
  '/closedDays',
  '/orderMultiple',
  '/leadTimeWorkingDays/min',
  '/leadTimeWorkingDays/max',
  '/products',
  '/iccid',
  '/ordering',
  '/connectivity',
  '/usage',
  '/platform',
  '/platform/requestsPerSecond',
  '/platform/requestsPerMinute',
  '/platform/concurrency',
  '/platform/batchSize',
  '/onDifference',
  '/testStatus',
];

function OperatorForm({ draft, isNew = false, onChange, ...dialog }: DraftFormProps<OperatorDraft>) {
  const set = (part: Partial<OperatorDraft>) => onChange({ ...draft, ...part });
  const isIdInvalid = draft.id !== '' && !isOperatorId(draft.id);
  const productPointers = draft.products.flatMap((_, index) =>
    ['id', 'name', 'formFactor'].map((field) => `/products/${index}/${field}`),
  );
  return (
    <FormModal
      size="large"
      pointers={[...fieldPointers, ...productPointers]}
      isComplete={isOperatorId(draft.id) && toOperatorSettings(draft) !== undefined}
      {...dialog}
    >
      {(messages) => (
        <SpaceBetween size="l">
          {isNew && (
            <TextField
              label={text.platform.id}
              hint={t.idHint}
              value={draft.id}
              error={isIdInvalid ? t.idInvalid : messages['/id']}
              onChange={(id) => set({ id })}
            />
          )}
          <GeneralSettings {...{ draft, messages, set }} />
          <HandlingSettings {...{ draft, messages, set }} />
          <PlatformSettings {...{ draft, messages, set }} />
          <OrderSettings {...{ draft, messages, set }} />
          <ProductSettings {...{ draft, messages, onChange }} />
        </SpaceBetween>
      )}
    </FormModal>
  );
}
