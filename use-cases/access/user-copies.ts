import {
  allPartnerUsers,
  getPartnerUser,
  savePartnerUser,
  type UserRecord,
} from '../../adapters/dynamodb/partner-users.ts';
import { retryOnConflict } from '../../adapters/dynamodb/retry-on-conflict.ts';
import type { PartnerId } from '../../domain/ids.ts';
import { adminWhoStays, type PartnerUser, type User } from '../../domain/user.ts';
import { isUnchanged } from '../is-unchanged.ts';
import { Refusal } from '../refusal.ts';

/** Whether a user belongs to a partner or to one of its customers, and so has a copy in the table. */
export function isPartnerUser(user: User): user is PartnerUser {
  return user.partnerId !== undefined;
}

/**
 * Makes the copy of a user in the table equal to the user as read from the pool. Users of the wholesaler have no copy.
 *
 * @throws ConditionFailed when another writer was faster each time.
 */
export async function updateCopy(user: User): Promise<void> {
  if (!isPartnerUser(user)) {
    return;
  }
  await retryOnConflict(async () => {
    const before = await getPartnerUser(user.partnerId, user.id);
    return isSame(before, user) || (await savePartnerUser(before, user)) ? { user } : undefined;
  });
}

/** Removes the copy of a user that the pool no longer has. */
export async function removeCopy(partnerId: PartnerId, id: string): Promise<void> {
  await retryOnConflict(async () => {
    const before = await getPartnerUser(partnerId, id);
    return (await savePartnerUser(before, undefined)) ? { id } : undefined;
  });
}

/**
 * Saves a change that can take a partner's admin away, before it is made in the user pool. Of two admins who remove each other at
 * the same time, one stays: the write fails if the admin on whom it relies has changed.
 *
 * @param before the user as read from the pool.
 * @param after `undefined` when the user is removed.
 * @throws Refusal `last_admin`
 * @throws ConditionFailed when another writer was faster each time.
 */
export async function saveKeepingAnAdmin(before: PartnerUser, after: PartnerUser | undefined): Promise<void> {
  await retryOnConflict(async () => {
    const all = await allPartnerUsers(before.partnerId);
    const stays = requireAdminWhoStays(before, after, all);
    const record = all.find(({ id }) => id === before.id);
    return (await savePartnerUser(record, after, stays)) ? { before } : undefined;
  });
}

/**
 * Refuses to take a partner's last admin away, without saving anything.
 *
 * @throws Refusal `last_admin`
 */
export async function requireAnotherAdmin(before: PartnerUser, after: PartnerUser): Promise<void> {
  requireAdminWhoStays(before, after, await allPartnerUsers(before.partnerId));
}

function requireAdminWhoStays(
  before: PartnerUser,
  after: PartnerUser | undefined,
  all: readonly UserRecord[],
): UserRecord | undefined {
  const stays = adminWhoStays(before, after, all);
  if (stays === 'last_admin') {
    throw new Refusal('last_admin', `${before.email} is the last active admin. Make another user an admin first.`);
  }
  return stays;
}

/** Users as read from the pool have every field, `undefined` where it is absent. */
const isSame = (record: UserRecord | undefined, user: PartnerUser): boolean =>
  record !== undefined && isUnchanged(record, { ...user });
