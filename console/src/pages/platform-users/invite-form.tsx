import Box from '@cloudscape-design/components/box';
import ColumnLayout from '@cloudscape-design/components/column-layout';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { ChoiceField } from '../../app/choice-field.tsx';
import { FormModal } from '../../app/form-modal.tsx';
import { RolesField } from '../../app/roles-field.tsx';
import { TextField } from '../../app/text-field.tsx';
import { useChange } from '../../app/use-change.ts';
import * as text from '../../text/index.ts';
import { partnerChoicesQuery } from '../partners/queries.ts';
import {
  emptyPlatformInvitation,
  isPlatformInvitationComplete,
  type Kind,
  type PlatformInvitationDraft,
  rolesOfKind,
  toPlatformInvitation,
  withKind,
} from './platform-invitation.ts';
import { inviteUser } from './queries.ts';

const words = text.users;
const t = text.platform.users;

const kinds: readonly Kind[] = ['partner', 'customer', 'wholesaler'];

/** Invites a user of the wholesaler, of a partner or of a customer. */
export function InvitePlatformUser({ onClose, onInvited }: { onClose: () => void; onInvited: (id: string) => void }) {
  const partners = useQuery(partnerChoicesQuery).data ?? [];
  const [draft, setDraft] = useState(emptyPlatformInvitation);
  const set = (part: Partial<PlatformInvitationDraft>) => setDraft({ ...draft, ...part });
  const save = useChange({
    run: () => inviteUser(toPlatformInvitation(draft)),
    done: ({ email }) => words.invited(email),
    invalidates: ['platform users'],
    onDone: ({ id }) => onInvited(id),
  });
  return (
    <FormModal
      title={words.invite}
      submit={words.invite}
      pointers={['/email', '/firstName', '/lastName', '/partnerId', '/customerId', '/roles']}
      isComplete={isPlatformInvitationComplete(draft)}
      {...{ save, onClose }}
    >
      {(messages) => (
        <SpaceBetween size="m">
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
          <ChoiceField
            label={words.belongsTo}
            value={draft.kind}
            options={kinds.map((kind) => ({ value: kind, label: t.kinds[kind] }))}
            onChange={(kind) => setDraft(withKind(draft, kind))}
          />
          {draft.kind !== 'wholesaler' && (
            <ChoiceField
              label={t.partner}
              value={draft.partnerId}
              options={partners.map(({ id, name }) => ({ value: id, label: name, description: id }))}
              error={messages['/partnerId']}
              onChange={(partnerId) => set({ partnerId })}
            />
          )}
          {draft.kind === 'customer' && (
            <TextField
              label={t.customerId}
              hint={t.customerIdHint}
              value={draft.customerId}
              error={messages['/customerId']}
              onChange={(customerId) => set({ customerId })}
            />
          )}
          <RolesField
            offered={rolesOfKind(draft.kind)}
            value={draft.roles}
            error={messages['/roles']}
            onChange={(roles) => set({ roles })}
          />
        </SpaceBetween>
      )}
    </FormModal>
  );
}
