import Button from '@cloudscape-design/components/button';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { FilterText } from '../../app/filter-text.tsx';
import { ListTable } from '../../app/list-table.tsx';
import { RouterLink } from '../../app/router-link.tsx';
import { ShortTime } from '../../app/time.tsx';
import { useFilters } from '../../app/use-filters.ts';
import { usePages } from '../../app/use-pages.ts';
import { useSession } from '../../session/session-context.tsx';
import * as text from '../../text/index.ts';
import { roleText } from '../../text/role-text.ts';
import { isEmail } from '../users/invitation.ts';
import { UserState } from '../users/user-state.tsx';
import { InvitePlatformUser } from './invite-form.tsx';
import { readAllUsers, type User } from './queries.ts';

const words = text.users;
const t = text.platform.users;

/** The users of the wholesaler, of all partners and of their customers. */
export default function PlatformUsersPage() {
  const { can } = useSession();
  const navigate = useNavigate();
  const { parameters, change } = useFilters();
  const [isInviting, setInviting] = useState(false);
  const email = parameters.get('email') ?? undefined;
  const pages = usePages(['platform users', 'list', email], (cursor) => readAllUsers(email, cursor));
  return (
    <>
      <ListTable<User>
        title={words.title}
        pages={pages}
        columns={[
          {
            id: 'email',
            header: words.columns.email,
            isRowHeader: true,
            cell: (user) => <RouterLink to={`/platform/users/${user.id}`}>{user.email}</RouterLink>,
          },
          { id: 'partner', header: t.partner, cell: ({ partnerId }) => partnerId ?? t.kinds.wholesaler },
          { id: 'customer', header: words.columns.customer, cell: ({ customerId }) => customerId ?? text.shell.none },
          { id: 'roles', header: words.columns.roles, cell: ({ roles }) => roles.map(roleText).join(', ') },
          { id: 'state', header: words.columns.state, cell: ({ state }) => <UserState state={state} /> },
          { id: 'createdAt', header: words.columns.createdAt, cell: ({ createdAt }) => <ShortTime at={createdAt} /> },
        ]}
        idOf={({ id }) => id}
        empty={{ title: words.empty, hint: words.emptyHint }}
        csv={{ path: `/v1/platform/users?limit=60&${parameters}`, fileName: 'users.csv' }}
        actions={
          can('inviteUser') && (
            <Button variant="primary" onClick={() => setInviting(true)}>
              {words.invite}
            </Button>
          )
        }
        filter={
          <FilterText
            label={words.search}
            value={email ?? ''}
            onChange={(typed = '') => (typed === '' || isEmail(typed)) && change('email', typed)}
          />
        }
      />
      {isInviting && (
        <InvitePlatformUser onClose={() => setInviting(false)} onInvited={(id) => navigate(`/platform/users/${id}`)} />
      )}
    </>
  );
}
