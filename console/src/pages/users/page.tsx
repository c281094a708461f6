import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { TableProps } from '@cloudscape-design/components/table';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { FilterText } from '../../app/filter-text.tsx';
import { ListTable } from '../../app/list-table.tsx';
import { RouterLink } from '../../app/router-link.tsx';
import { ShortTime } from '../../app/time.tsx';
import { useFilters } from '../../app/use-filters.ts';
import { usePages } from '../../app/use-pages.ts';
import { CustomerChoice } from '../../services/customer-choice.tsx';
import { CustomerName } from '../../services/customer-name.tsx';
import { useSession } from '../../session/session-context.tsx';
import * as text from '../../text/index.ts';
import { roleText } from '../../text/role-text.ts';
import { isEmail } from './invitation.ts';
import { InviteForm } from './invite-form.tsx';
import { readUsers, type User, type UserFilter } from './queries.ts';
import { UserState } from './user-state.tsx';

const words = text.users;

/** The users of the partner and of its customers; for users of a customer, those of the customer. */
export default function UsersPage() {
  const { can } = useSession();
  const navigate = useNavigate();
  const { parameters, change } = useFilters();
  const [isInviting, setInviting] = useState(false);
  const filter: UserFilter = {
    customerId: parameters.get('customerId') ?? undefined,
    email: parameters.get('email') ?? undefined,
  };
  const seesCustomers = can('listCustomers');
  const pages = usePages(['users', filter], (cursor) => readUsers(filter, cursor));
  return (
    <>
      <ListTable
        title={words.title}
        pages={pages}
        columns={seesCustomers ? columns : columns.filter(({ id }) => id !== 'customer')}
        idOf={({ id }) => id}
        empty={{ title: words.empty, hint: words.emptyHint }}
        csv={{ path: `/v1/users?limit=200&${parameters}`, fileName: 'users.csv' }}
        actions={
          can('invitePartnerUser') && (
            <Button variant="primary" onClick={() => setInviting(true)}>
              {words.invite}
            </Button>
          )
        }
        filter={
          <SpaceBetween direction="horizontal" size="xs">
            <FilterText
              label={words.search}
              value={filter.email ?? ''}
              onChange={(typed = '') => (typed === '' || isEmail(typed)) && change('email', typed)}
            />
            {seesCustomers && (
              <CustomerChoice
                label={words.filterCustomer}
                all={words.allCustomers}
                value={filter.customerId ?? ''}
                onChange={(id) => change('customerId', id)}
              />
            )}
          </SpaceBetween>
        }
      />
      {isInviting && <InviteForm onClose={() => setInviting(false)} onInvited={(id) => navigate(`/users/${id}`)} />}
    </>
  );
}

const columns: TableProps.ColumnDefinition<User>[] = [
  {
    id: 'email',
    header: words.columns.email,
    isRowHeader: true,
    cell: ({ id, email }) => <RouterLink to={`/users/${id}`}>{email}</RouterLink>,
  },
  {
    id: 'name',
    header: words.columns.name,
    cell: ({ firstName, lastName }) => [firstName, lastName].filter(Boolean).join(' ') || text.shell.none,
  },
  {
    id: 'customer',
    header: words.columns.customer,
    cell: ({ customerId }) => (customerId === undefined ? text.shell.none : <CustomerName id={customerId} />),
  },
  { id: 'roles', header: words.columns.roles, cell: ({ roles }) => roles.map(roleText).join(', ') },
  { id: 'state', header: words.columns.state, cell: ({ state }) => <UserState state={state} /> },
  { id: 'createdAt', header: words.columns.createdAt, cell: ({ createdAt }) => <ShortTime at={createdAt} /> },
];
