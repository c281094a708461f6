import { addRole, createUser, deleteUser, queryUsers, type UserNames } from '../../adapters/cognito/users.ts';
import { getCustomer } from '../../adapters/dynamodb/customers.ts';
import { getPartnerUser } from '../../adapters/dynamodb/partner-users.ts';
import { getPartner } from '../../adapters/dynamodb/partners.ts';
import type { PartnerCaller, PlatformCaller, Role } from '../../domain/access.ts';
import { isIncompleteInvitation, type Owner, type User, userViolations } from '../../domain/user.ts';
import { invalidInput, Refusal, unknownId } from '../refusal.ts';
import { requireRolesHeld } from './change-roles.ts';
import { readUser } from './read-users.ts';
import { requireUserPool } from './require-user-pool.ts';
import { isPartnerUser, updateCopy } from './user-copies.ts';

export type Invitation = Owner & UserNames & { email: string; roles: readonly Role[] };

/**
 * Invites a user by email.
 *
 * 1. Checks that the roles fit the owner, that the caller may give them, and that the partner and the customer exist.
 * 2. Creates the user, who receives a temporary password. If an earlier invitation was interrupted, completes that one.
 * 3. Grants all roles. If one cannot be granted, deletes the user again.
 * 4. Adds the user of a partner to the partner's users in the table.
 *
 * @throws Refusal `no_user_pool`, `invalid_input`, `role_not_held`, `email_taken`
 */
export async function inviteUser(invitation: Invitation, by: PlatformCaller | PartnerCaller): Promise<User> {
  requireUserPool();
  const violations = userViolations(invitation);
  if (violations.length > 0) {
    throw invalidInput(violations);
  }
  requireRolesHeld(by, invitation.roles);
  await requireOwner(invitation);
  const created = await createOrFindUser(invitation);
  await grantRoles(created, invitation.roles);
  const user = await readUser(created.id);
  await updateCopy(user);
  return user;
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
  const [existing] = items;
  if (!existing || !isIncompleteInvitation(existing, invitation, { isListed: await isListed(existing) })) {
    throw new Refusal('email_taken', `A user with the email address ${invitation.email} already exists.`);
  }
  return existing;
}

/** Whether an earlier request got as far as adding the user to the lists. */
async function isListed(user: User): Promise<boolean> {
  return !isPartnerUser(user) || (await getPartnerUser(user.partnerId, user.id)) !== undefined;
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
