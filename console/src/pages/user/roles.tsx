import { RoleToggles } from '../../app/role-toggles.tsx';
import { useSession } from '../../session/session-context.tsx';
import { rolesToGive } from '../users/invitation.ts';
import { giveRole, takeRole, type User } from '../users/queries.ts';

/** The roles of a user, with those that the viewer may grant. */
export function Roles({ user: { id, roles, customerId } }: { user: User }) {
  const { caller } = useSession();
  const giver = caller.kind === 'platform' ? { roles: [] } : caller;
  const offered = rolesToGive(giver, { isOfCustomer: customerId !== undefined });
  return (
    <RoleToggles
      shown={[...new Set<string>([...offered, ...roles])]}
      held={roles}
      grant={(role) => giveRole(id, role)}
      revoke={(role) => takeRole(id, role)}
      invalidates="users"
    />
  );
}
