import Box from '@cloudscape-design/components/box';
import ColumnLayout from '@cloudscape-design/components/column-layout';
import FormField from '@cloudscape-design/components/form-field';
import RadioGroup from '@cloudscape-design/components/radio-group';
import { useState } from 'react';
import { FormModal } from '../../app/form-modal.tsx';
import { RolesField } from '../../app/roles-field.tsx';
import { TextField } from '../../app/text-field.tsx';
import { useChange } from '../../app/use-change.ts';
import { CustomerChoice } from '../../services/customer-choice.tsx';
import { useSession } from '../../session/session-context.tsx';
import * as text from '../../text/index.ts';
import {
  emptyInvitation,
  type InvitationDraft,
  isInvitationComplete,
  rolesToGive,
  toInvitation,
  withOwner,
} from './invitation.ts';
import { sendInvitation } from './queries.ts';

const words = text.users;

/** Invites a user of the partner or of a customer. */
export function InviteForm({ onClose, onInvited }: { onClose: () => void; onInvited: (id: string) => void }) {
  const { caller } = useSession();
  const [draft, setDraft] = useState(emptyInvitation);
  const set = (part: Partial<InvitationDraft>) => setDraft({ ...draft, ...part });
  const save = useChange({
    run: () => sendInvitation(toInvitation(draft)),
    done: ({ email }) => words.invited(email),
    invalidates: ['users'],
    onDone: ({ id }) => onInvited(id),
  });
  const giver = caller.kind === 'platform' ? { roles: [] } : caller;
  return (
    <FormModal
      title={words.invite}
      submit={words.invite}
      pointers={['/email', '/firstName', '/lastName', '/customerId', '/roles']}
      isComplete={isInvitationComplete(draft)}
      {...{ save, onClose }}
    >
      {(messages) => (
        <>
          <Box variant="p">{words.inviteHint}</Box>
          <TextField
            label={words.columns.email}
            type="email"
            value={draft.email}
            error={messages['/email']}
            onChange={(email) => set({ email })}
          />
          <ColumnLayout columns={2}>
            <TextField
              label={words.firstName}
              isOptional
              value={draft.firstName}
              error={messages['/firstName']}
              onChange={(firstName) => set({ firstName })}
            />
            <TextField
              label={words.lastName}
              isOptional
              value={draft.lastName}
              error={messages['/lastName']}
              onChange={(lastName) => set({ lastName })}
            />
          </ColumnLayout>
          <FormField label={words.belongsTo}>
            <RadioGroup
              value={draft.isOfCustomer ? 'customer' : 'partner'}
              items={[
                { value: 'partner', label: words.ourCompany },
                { value: 'customer', label: words.aCustomer },
              ]}
              onChange={({ detail }) => setDraft(withOwner(draft, detail.value === 'customer'))}
            />
          </FormField>
          {draft.isOfCustomer && (
            <FormField label={words.customer} errorText={messages['/customerId']}>
              <CustomerChoice value={draft.customerId} onChange={(customerId) => set({ customerId })} />
            </FormField>
          )}
          <RolesField
            hint={words.rolesHint}
            offered={rolesToGive(giver, draft)}
            value={draft.roles}
            error={messages['/roles']}
            onChange={(roles) => set({ roles })}
          />
        </>
      )}
    </FormModal>
  );
}
