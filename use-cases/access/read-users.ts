import pMap from 'p-map';
import { CALLS_IN_FLIGHT } from '../../adapters/cognito/user-pool.ts';
import { getUser, queryUsers } from '../../adapters/cognito/users.ts';
import { queryPartnerUsers, type UserRecord, userPosition } from '../../adapters/dynamodb/partner-users.ts';
import type { PartnerCaller } from '../../domain/access.ts';
import type { CustomerId } from '../../domain/ids.ts';
import type { PartnerUser, User } from '../../domain/user.ts';
import { fillPage, type PageRequest } from '../fill-page.ts';
import { notFound, orNotFound } from '../refusal.ts';
import { requireUserPool } from './require-user-pool.ts';
import { isPartnerUser, removeCopy, updateCopy } from './user-copies.ts';

/**
 * Reads a user of the deployment's user pool.
 *
 * @throws Refusal `no_user_pool`, `not_found`
 */
export async function readUser(id: string): Promise<User> {
  requireUserPool();
  return orNotFound(await getUser(id), 'user', id);
}

/**
 * Reads a page of users, in no particular order.
 *
 * @throws Refusal `no_user_pool`
 */
export async function listUsers(
  filter: { email?: string | undefined },
  page: PageRequest,
): Promise<{ items: User[]; last?: string }> {
  requireUserPool();
  return queryUsers(filter, page.limit, page.after);
}

/**
 * Reads a user of the caller's partner from the user pool. Users of a customer see only the users of the same customer.
 *
 * @throws Refusal `no_user_pool`, `not_found`
 */
export async function readPartnerUser(caller: PartnerCaller, id: string): Promise<PartnerUser> {
  const user = await readUser(id);
  if (!isPartnerUser(user) || !isVisible(caller, user)) {
    throw notFound('user', id);
  }
  return user;
}

/**
 * Reads a page of the users of the caller's partner, from their copies in the table. Those of invited users are compared with the
 * pool, because a first sign-in changes only the pool.
 *
 * @throws Refusal `no_user_pool`
 */
export async function listPartnerUsers(
  caller: PartnerCaller,
  { customerId, email }: { customerId?: CustomerId | undefined; email?: string | undefined },
  page: PageRequest,
): Promise<{ items: PartnerUser[]; next?: string }> {
  requireUserPool();
  const { items, ...rest } = await fillPage(
    page,
    (limit, after) => queryPartnerUsers(caller.partnerId, limit, after),
    (user) =>
      isVisible(caller, user) &&
      (customerId === undefined || user.customerId === customerId) &&
      (email === undefined || user.email.toLowerCase() === email.toLowerCase()),
    userPosition,
  );
  const current = await pMap(items, (user) => (user.state === 'invited' ? refresh(user) : user), {
    concurrency: CALLS_IN_FLIGHT,
  });
  return { items: current.filter((user) => user !== undefined), ...rest };
}

/** The user as the pool has it now; `undefined` when it was deleted there. */
async function refresh({ partnerId, id }: UserRecord): Promise<PartnerUser | undefined> {
  const user = await getUser(id);
  if (!user || !isPartnerUser(user) || user.partnerId !== partnerId) {
    await removeCopy(partnerId, id);
    return undefined;
  }
  await updateCopy(user);
  return user;
}

function isVisible(caller: PartnerCaller, { partnerId, customerId }: PartnerUser): boolean {
  return partnerId === caller.partnerId && (caller.kind === 'partner' || customerId === caller.customerId);
}
