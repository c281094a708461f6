import { setTimeout as pause } from 'node:timers/promises';
import { changeNames, disableUser, enableUser, type UserNames } from '../../adapters/cognito/users.ts';
import { getCustomer } from '../../adapters/dynamodb/customers.ts';
import { addRevocation } from '../../adapters/dynamodb/revocations.ts';
import type { PartnerCaller } from '../../domain/access.ts';
import type { PartnerUser } from '../../domain/user.ts';
import { isUnchanged } from '../is-unchanged.ts';
import { notFound, Refusal } from '../refusal.ts';
import { readPartnerUser } from './read-users.ts';
import { saveKeepingAnAdmin, updateCopy } from './user-copies.ts';

/** The fields to change; `null` removes a name. */
export type UserChange = {
  firstName?: string | null | undefined;
  lastName?: string | null | undefined;
  active?: boolean | undefined;
};

/**
 * Changes the names of a partner's user, deactivates or reactivates it. Deactivation ends the user's sessions and
 * tokens.
 *
 * @throws Refusal `own_user`, `last_admin`, `not_found`; `wrong_state` when the customer of the user was deleted
 */
export async function updateUser(
  before: PartnerUser,
  change: UserChange,
  { by, precondition }: { by: PartnerCaller; precondition: (current: PartnerUser) => void },
): Promise<PartnerUser> {
  precondition(before);
  const { id } = before;
  const names = namesAfter(before, change);
  if (change.active === false && id === by.userId) {
    throw new Refusal('own_user', 'You cannot deactivate your own user. Ask another administrator.');
  }
  if (!isUnchanged(before, names)) {
    orGone(await changeNames(id, names), id);
  }
  // Repeated for a user who is disabled already, because an earlier attempt may have failed before it ended the sessions.
  if (change.active === false) {
    await saveKeepingAnAdmin(before, { ...before, ...names, state: 'disabled' });
    orGone(await disableUser(id), id);
    await addRevocation(id);
  } else if (change.active && before.state === 'disabled') {
    await requireCustomerOf(before);
    // Tokens tell their time in whole seconds, and those of the second of a revocation stay refused.
    await pause(1000 - (Date.now() % 1000));
    orGone(await enableUser(id), id);
  }
  const after = await readPartnerUser(by, id);
  await updateCopy(after);
  return after;
}

/** Users of a deleted customer stay deactivated. */
async function requireCustomerOf({ partnerId, customerId }: PartnerUser): Promise<void> {
  if (customerId !== undefined && !(await getCustomer(partnerId, customerId))) {
    throw new Refusal('wrong_state', 'The customer of this user was deleted. The user cannot be activated again.');
  }
}

function namesAfter(before: UserNames, { firstName, lastName }: UserChange): UserNames {
  const after = (current: string | undefined, changed: string | null | undefined) =>
    changed === undefined ? current : (changed ?? undefined);
  return { firstName: after(before.firstName, firstName), lastName: after(before.lastName, lastName) };
}

function orGone(isThere: boolean, id: string): void {
  if (!isThere) {
    throw notFound('user', id);
  }
}
