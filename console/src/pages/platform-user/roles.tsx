import { RoleToggles } from '../../app/role-toggles.tsx';
import { useSession } from '../../session/session-context.tsx';
import { kindOf, rolesOfKind } from '../platform-users/platform-invitation.ts';
import { grantRole, revokeRole, type User } from '../platform-users/queries.ts';

/** The roles that are available to a user. */
export function PlatformUserRoles({ user }: { user: User }) {
  const { can } = useSession();
  return (
    <RoleToggles
      shown={rolesOfKind(kindOf(user))}
      held={user.roles}
      isFixed={({ isGrant }) => !can(isGrant ? 'grantRole' : 'revokeRole')}
      grant={(role) => grantRole(user.id, role)}
      revoke={(role) => revokeRole(user.id, role)}
      invalidates="platform users"
    />
  );
}
