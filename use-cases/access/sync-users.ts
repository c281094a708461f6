import pMap from 'p-map';
import { CALLS_IN_FLIGHT } from '../../adapters/cognito/user-pool.ts';
import { getUser, readAllUsers } from '../../adapters/cognito/users.ts';
import { getCustomer } from '../../adapters/dynamodb/customers.ts';
import { allPartnerUsers } from '../../adapters/dynamodb/partner-users.ts';
import { queryPartners } from '../../adapters/dynamodb/partners.ts';
import type { PartnerId } from '../../domain/ids.ts';
import type { PartnerUser, User } from '../../domain/user.ts';
import { isUnchanged } from '../is-unchanged.ts';
import { deactivate } from './deactivate-users.ts';
import { isPartnerUser, removeCopy, updateCopy } from './user-copies.ts';

const PARTNERS_PER_PAGE = 100;

/**
 * Repairs the copies of users in the table: of users who existed before there were copies, who were changed in the pool itself, or
 * whose request was interrupted. Also deactivates the users of customers that no longer exist.
 *
 * 1. Reads all users of the pool.
 * 2. Compares them with the copies, partner by partner. Where they differ, reads the user again: a request may have changed it.
 *
 * @returns the number of users that differed.
 */
export async function syncUsers(hasTime: () => boolean): Promise<number> {
  const users = (await readAllUsers()).filter(isPartnerUser);
  const byPartner = Map.groupBy(users, ({ partnerId }) => partnerId);
  let differing = 0;
  let after: string | undefined;
  do {
    const { items, last } = await queryPartners(PARTNERS_PER_PAGE, after);
    for (const { id } of items) {
      if (!hasTime()) {
        return differing;
      }
      differing += await syncPartner(id, byPartner.get(id) ?? []);
    }
    after = last;
  } while (after !== undefined);
  return differing;
}

async function syncPartner(partnerId: PartnerId, users: readonly PartnerUser[]): Promise<number> {
  const copies = new Map((await allPartnerUsers(partnerId)).map((copy) => [copy.id, copy]));
  const ids = new Set(users.map(({ id }) => id));
  const differing = [
    ...users.filter((user) => !isUnchanged(copies.get(user.id) ?? {}, { ...user })).map(({ id }) => id),
    ...[...copies.keys()].filter((id) => !ids.has(id)),
  ];
  await pMap(differing, (id) => repairCopy(partnerId, id), { concurrency: CALLS_IN_FLIGHT });
  const orphans = await usersWithoutCustomer(partnerId, users);
  await pMap(orphans, deactivate, { concurrency: CALLS_IN_FLIGHT });
  return differing.length + orphans.length;
}

async function repairCopy(partnerId: PartnerId, id: string): Promise<void> {
  const user: User | undefined = await getUser(id);
  await (user?.partnerId === partnerId ? updateCopy(user) : removeCopy(partnerId, id));
}

/** The users of customers that no longer exist, unless they are deactivated already. */
async function usersWithoutCustomer(partnerId: PartnerId, users: readonly PartnerUser[]): Promise<PartnerUser[]> {
  const active = users.filter(({ state }) => state !== 'disabled');
  const byCustomer = Map.groupBy(active, ({ customerId }) => customerId);
  const orphans = await pMap(
    byCustomer,
    async ([customerId, theirs]) =>
      customerId === undefined || (await getCustomer(partnerId, customerId)) ? [] : theirs,
    { concurrency: CALLS_IN_FLIGHT },
  );
  return orphans.flat();
}
