import Box from '@cloudscape-design/components/box';
import Checkbox from '@cloudscape-design/components/checkbox';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { ConfirmModal } from '../../app/confirm-modal.tsx';
import { useChange } from '../../app/use-change.ts';
import type { EditFormProps } from '../../app/use-editing.ts';
import * as text from '../../text/index.ts';
import { type Customer, removeCustomer } from '../customers/queries.ts';

const words = text.customers.delete;

/** Deletes a customer, alone or with its services. The API refuses it while SIMs are left, and names their number. */
export function DeleteCustomer({ editing, data: { id, name }, etag }: EditFormProps<Customer>) {
  const navigate = useNavigate();
  const [withServices, setWithServices] = useState(false);
  const run = useChange({
    run: () => removeCustomer(id, { withServices }, etag),
    done: words.done(name),
    invalidates: ['customers', 'customer services'],
    isRemoval: true,
    onDone: () => navigate('/customers'),
  });
  return (
    <ConfirmModal
      title={words.title(name)}
      action={text.forms.delete}
      run={run}
      conflict={{ resource: `/v1/customers/${id}`, onReload: editing.reload }}
      onClose={editing.close}
    >
      <Box variant="p">{words.text}</Box>
      <Checkbox
        checked={withServices}
        description={words.withServicesHint}
        onChange={({ detail }) => setWithServices(detail.checked)}
      >
        {words.withServices}
      </Checkbox>
    </ConfirmModal>
  );
}
