import { addRole, createUser, deleteUser, queryUsers } from '../../adapters/cognito/users.ts';
import { getCustomer } from '../../adapters/dynamodb/customers.ts';
import { getPartner } from '../../adapters/dynamodb/partners.ts';
import type { Role } from '../../domain/access.ts';
import { isIncompleteInvitation, type Owner, type User, userViolations } from '../../domain/user.ts';
import { invalidInput, Refusal, unknownId } from '../refusal.ts';
import { readUser } from './read-users.ts';
import { requireUserPool } from './require-user-pool.ts';

export type Invitation = Owner & { email: string; roles: readonly Role[] };

/**
 * Invites a user by email.
 *
 * 1. Checks that the roles fit the owner, and that the partner and the customer exist.
 * 2. Creates the user, who receives a temporary password. If an earlier invitation was interrupted, completes that one.
 * 3. Grants all roles. If one cannot be granted, deletes the user again.
 *
 * @throws Refusal `no_user_pool`, `invalid_input`, `email_taken`
 */
export async function inviteUser(invitation: Invitation): Promise<User> {
  requireUserPool();
  const violations = userViolations(invitation);
  if (violations.length > 0) {
    throw invalidInput(violations);
  }
  await requireOwner(invitation);
  const user = await createOrFindUser(invitation);
  await grantRoles(user, invitation.roles);
  return readUser(user.id);
}

async function requireOwner({ partnerId, customerId }: Owner): Promise<void> {
  if (partnerId !== undefined && !(await getPartner(partnerId))) {
    throw unknownId('/partnerId', 'partner', partnerId);
  }
  if (partnerId !== undefined && customerId !== undefined && !(await getCustomer(partnerId, customerId))) {
    throw unknownId('/customerId', 'customer', customerId);
  }
}

async function createOrFindUser(invitation: Invitation): Promise<User> {
  const created = await createUser(invitation);
  if (created === 'invalid_email') {
    throw invalidInput([
      { pointer: '/email', code: 'invalid_format', message: 'email must be a deliverable email address.' },
    ]);
  }
  if (created !== 'email_taken') {
    return created;
  }
  const { items } = await queryUsers({ email: invitation.email }, 1, undefined);
  const incomplete = items.find((user) => isIncompleteInvitation(user, invitation));
  if (!incomplete) {
    throw new Refusal('email_taken', `A user with the email address ${invitation.email} already exists.`);
  }
  return incomplete;
}

async function grantRoles(user: User, wanted: readonly Role[]): Promise<void> {
  try {
    for (const role of wanted.filter((name) => !user.roles.includes(name))) {
      await addRole(user.id, role);
    }
  } catch (error) {
    await deleteUser(user.id);
    throw error;
  }
}
