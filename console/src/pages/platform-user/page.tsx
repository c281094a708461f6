import Button from '@cloudscape-design/components/button';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams } from 'react-router';
import { ConfirmModal } from '../../app/confirm-modal.tsx';
import { Details } from '../../app/details.tsx';
import { Loaded } from '../../app/loaded.tsx';
import { ResourcePage } from '../../app/resource-page.tsx';
import { Time } from '../../app/time.tsx';
import { useChange } from '../../app/use-change.ts';
import { type EditFormProps, useEditing } from '../../app/use-editing.ts';
import { useSession } from '../../session/session-context.tsx';
import * as text from '../../text/index.ts';
import { deleteUser, platformUserQuery, resendInvitation, type User } from '../platform-users/queries.ts';
import { UserState } from '../users/user-state.tsx';
import { PlatformUserRoles } from './roles.tsx';

const words = text.users;
const t = text.platform.users;

/** A user of the wholesaler, of a partner or of a customer. */
export default function PlatformUserPage() {
  const { userId = '' } = useParams();
  const { can, caller } = useSession();
  const query = useQuery(platformUserQuery(userId));
  const deleting = useEditing(query);
  return (
    <Loaded query={query}>
      {({ data: user }) => (
        <ResourcePage
          title={user.email}
          actions={
            <>
              {can('resendInvitation') && user.state === 'invited' && <Resend user={user} />}
              {can('deleteUser') && userId !== caller.userId && (
                <Button onClick={deleting.open}>{text.forms.delete}</Button>
              )}
            </>
          }
        >
          <Details
            items={[
              {
                label: words.columns.name,
                value: [user.firstName, user.lastName].filter(Boolean).join(' ') || text.shell.none,
              },
              { label: words.columns.state, value: <UserState state={user.state} /> },
              { label: t.partner, value: user.partnerId ?? t.kinds.wholesaler },
              { label: words.columns.customer, value: user.customerId ?? text.shell.none },
              { label: words.columns.createdAt, value: <Time at={user.createdAt} /> },
            ]}
          />
          <PlatformUserRoles user={user} />
          {deleting.opened && <DeletePlatformUser key={deleting.opened.etag} editing={deleting} {...deleting.opened} />}
        </ResourcePage>
      )}
    </Loaded>
  );
}

function Resend({ user: { id, email } }: { user: User }) {
  const resend = useChange({
    run: () => resendInvitation(id),
    done: words.invited(email),
    invalidates: [],
    reportsProblem: true,
  });
  return (
    <Button loading={resend.isPending} onClick={resend.mutate}>
      {words.resend}
    </Button>
  );
}

function DeletePlatformUser({ editing, data: { id, email }, etag }: EditFormProps<User>) {
  const navigate = useNavigate();
  const run = useChange({
    run: () => deleteUser(id, etag),
    done: words.delete.done(email),
    invalidates: ['platform users'],
    isRemoval: true,
    onDone: () => navigate('/platform/users'),
  });
  return (
    <ConfirmModal
      title={words.delete.title(email)}
      action={text.forms.delete}
      run={run}
      conflict={{ resource: `/v1/platform/users/${id}`, onReload: editing.reload }}
      onClose={editing.close}
    >
      {words.delete.text}
    </ConfirmModal>
  );
}
