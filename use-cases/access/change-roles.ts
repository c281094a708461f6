import { addRole, withdrawRole } from '../../adapters/cognito/users.ts';
import { type Role, roles } from '../../domain/access.ts';
import { canLoseRole, roleProblem, type User } from '../../domain/user.ts';
import { invalidInput, notFound, orNotFound, Refusal } from '../refusal.ts';
import { readUser } from './read-users.ts';

/**
 * Grants a role to a user. A role that the user has already is no error.
 *
 * @throws Refusal `no_user_pool`, `not_found`, `invalid_input` when the role is not available to the user
 */
export async function grantRole(userId: string, roleName: string): Promise<{ user: User; isNew: boolean }> {
  const user = await readUser(userId);
  const role = knownRole(roleName);
  const problem = roleProblem(user, role);
  if (problem) {
    throw invalidInput([{ pointer: '/path/role', code: problem.code, message: problem.detail }]);
  }
  if (user.roles.includes(role)) {
    return { user, isNew: false };
  }
  if (!(await addRole(userId, role))) {
    throw notFound('user', userId);
  }
  return { user: await readUser(userId), isNew: true };
}

/**
 * Revokes a role from a user. The last role cannot be revoked.
 *
 * @throws Refusal `no_user_pool`, `not_found`, `last_role`
 */
export async function revokeRole(
  userId: string,
  roleName: string,
  precondition: (current: User) => void,
): Promise<void> {
  const user = await readUser(userId);
  const role = knownRole(roleName);
  if (!user.roles.includes(role)) {
    throw notFound('role of the user', role);
  }
  precondition(user);
  if (!canLoseRole(user, role)) {
    throw new Refusal('last_role', `${role} is the user’s only role. Delete the user instead.`);
  }
  if (!(await withdrawRole(userId, role))) {
    throw notFound('user', userId);
  }
}

function knownRole(name: string): Role {
  return orNotFound(
    roles.find((role) => role === name),
    'role',
    name,
  );
}
