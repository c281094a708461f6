import Button from '@cloudscape-design/components/button';
import { useQuery } from '@tanstack/react-query';
import { useParams } from 'react-router';
import { ChangeButton } from '../../app/change-button.tsx';
import { Details } from '../../app/details.tsx';
import { Loaded } from '../../app/loaded.tsx';
import { ResourcePage } from '../../app/resource-page.tsx';
import { Time } from '../../app/time.tsx';
import { useChange } from '../../app/use-change.ts';
import { useEditing } from '../../app/use-editing.ts';
import { CustomerName } from '../../services/customer-name.tsx';
import { useSession } from '../../session/session-context.tsx';
import * as text from '../../text/index.ts';
import { roleHint, roleText } from '../../text/role-text.ts';
import { changeUser, resendInvitationTo, type User, userQuery } from '../users/queries.ts';
import { UserState } from '../users/user-state.tsx';
import { DeactivateUser, DeleteUser, EditUser } from './forms.tsx';
import { Roles } from './roles.tsx';

const words = text.users;

/** A user: roles, names, and whether the user can sign in. */
export default function UserPage() {
  const { id = '' } = useParams();
  const { can } = useSession();
  const query = useQuery(userQuery(id));
  const editing = useEditing(query);
  const deactivating = useEditing(query);
  const deleting = useEditing(query);
  return (
    <Loaded query={query}>
      {({ data: user, etag }) => (
        <ResourcePage
          title={user.email}
          actions={
            <Actions
              {...{ user, etag }}
              onEdit={editing.open}
              onDeactivate={deactivating.open}
              onDelete={deleting.open}
            />
          }
        >
          <UserDetails user={user} />
          {can('grantPartnerRole') && <Roles user={user} />}
          {editing.opened && <EditUser key={editing.opened.etag} editing={editing} {...editing.opened} />}
          {deactivating.opened && (
            <DeactivateUser key={deactivating.opened.etag} editing={deactivating} {...deactivating.opened} />
          )}
          {deleting.opened && <DeleteUser key={deleting.opened.etag} editing={deleting} {...deleting.opened} />}
        </ResourcePage>
      )}
    </Loaded>
  );
}

function UserDetails({ user }: { user: User }) {
  const { can } = useSession();
  const { firstName, lastName, customerId, roles, state, createdAt } = user;
  return (
    <Details
      items={[
        { label: words.columns.name, value: [firstName, lastName].filter(Boolean).join(' ') || text.shell.none },
        { label: words.columns.state, value: <UserState state={state} /> },
        {
          label: words.columns.roles,
          value: can('grantPartnerRole') ? roles.map(roleText).join(', ') : <RoleList roles={roles} />,
        },
        ...(can('listCustomers')
          ? [
              {
                label: words.belongsTo,
                value: customerId === undefined ? words.ourCompany : <CustomerName id={customerId} />,
              },
            ]
          : []),
        { label: words.columns.createdAt, value: <Time at={createdAt} /> },
      ]}
    />
  );
}

/** Roles with what each may do, for viewers who cannot change them. */
function RoleList({ roles }: Pick<User, 'roles'>) {
  return (
    <ul className="plain-list">
      {roles.map((role) => (
        <li key={role}>{[roleText(role), roleHint(role)].filter(Boolean).join(': ')}</li>
      ))}
    </ul>
  );
}

function Actions({
  user: { id, email, state, active },
  etag,
  onEdit,
  onDeactivate,
  onDelete,
}: {
  user: User;
  etag: string | undefined;
  onEdit: () => void;
  onDeactivate: () => void;
  onDelete: () => void;
}) {
  const { can, caller } = useSession();
  const resend = useChange({
    run: () => resendInvitationTo(id),
    done: words.invited(email),
    invalidates: ['users'],
    reportsProblem: true,
  });
  // The API refuses these for the user's own account.
  const isOther = id !== caller.userId;
  return (
    <>
      {can('resendPartnerInvitation') && state === 'invited' && (
        <Button loading={resend.isPending} onClick={resend.mutate}>
          {words.resend}
        </Button>
      )}
      {can('updatePartnerUser') && (
        <ChangeButton
          label={words.reactivate}
          isOffered={!active}
          // The id: roles of a user are changed at paths below the user's.
          resource={id}
          change={{
            run: () => changeUser(id, { active: true }, etag),
            done: words.reactivated(email),
            invalidates: ['users'],
          }}
        />
      )}
      {can('updatePartnerUser') && active && isOther && <Button onClick={onDeactivate}>{words.deactivate}</Button>}
      {can('deletePartnerUser') && isOther && <Button onClick={onDelete}>{text.forms.delete}</Button>}
      {can('updatePartnerUser') && (
        <Button variant="primary" onClick={onEdit}>
          {text.forms.edit}
        </Button>
      )}
    </>
  );
}
