import { addRole, withdrawRole } from '../../adapters/cognito/users.ts';
import { roles as knownRoles, type PartnerCaller, type PlatformCaller, type Role } from '../../domain/access.ts';
import { canLoseRole, roleNotHeld, roleProblem, type User } from '../../domain/user.ts';
import { invalidInput, notFound, orNotFound, Refusal } from '../refusal.ts';
import { readUser } from './read-users.ts';
import { isPartnerUser, requireAnotherAdmin, saveKeepingAnAdmin, updateCopy } from './user-copies.ts';

/**
 * Grants a role to a user. A role that the user has already is no error.
 *
 * @throws Refusal `not_found`, `invalid_input` when the role is not available to the user, `role_not_held`
 */
export async function grantRole(
  user: User,
  roleName: string,
  by: PlatformCaller | PartnerCaller,
): Promise<{ user: User; isNew: boolean }> {
  const role = knownRole(roleName);
  const problem = roleProblem(user, role);
  if (problem) {
    throw invalidInput([{ pointer: '/path/role', code: problem.code, message: problem.detail }]);
  }
  requireRolesHeld(by, [role]);
  if (user.roles.includes(role)) {
    return { user, isNew: false };
  }
  if (!(await addRole(user.id, role))) {
    throw notFound('user', user.id);
  }
  const changed = await readUser(user.id);
  await updateCopy(changed);
  return { user: changed, isNew: true };
}

/**
 * Revokes a role from a user. The last role cannot be revoked, nor a partner the role of its last active admin.
 *
 * @throws Refusal `not_found`, `last_role`, `last_admin`
 */
export async function revokeRole(
  user: User,
  roleName: string,
  { by, precondition }: { by: PlatformCaller | PartnerCaller; precondition: (current: User) => void },
): Promise<void> {
  const role = knownRole(roleName);
  if (!user.roles.includes(role)) {
    throw notFound('role of the user', role);
  }
  precondition(user);
  const roles = user.roles.filter((other) => other !== role);
  const mustKeepAnAdmin = by.kind === 'partner' && isPartnerUser(user);
  if (!canLoseRole(user, role)) {
    // `last_role` advises to delete the user, which is refused for the last admin.
    if (mustKeepAnAdmin) {
      await requireAnotherAdmin(user, { ...user, roles });
    }
    throw new Refusal('last_role', `${role} is the user’s only role. Delete the user instead.`);
  }
  if (mustKeepAnAdmin) {
    await saveKeepingAnAdmin(user, { ...user, roles });
  }
  if (!(await withdrawRole(user.id, role))) {
    throw notFound('user', user.id);
  }
  await updateCopy({ ...user, roles });
}

/**
 * The wholesaler may give every role, others only those that they hold.
 *
 * @throws Refusal `role_not_held`
 */
export function requireRolesHeld(by: PlatformCaller | PartnerCaller, given: readonly Role[]): void {
  const missing = by.kind === 'platform' ? undefined : roleNotHeld(by, given);
  if (missing !== undefined) {
    throw new Refusal('role_not_held', `You do not have the role ${missing} yourself.`);
  }
}

function knownRole(name: string): Role {
  return orNotFound(
    knownRoles.find((role) => role === name),
    'role',
    name,
  );
}
