import type { PartnerId } from '../../domain/ids.ts';
import type { PartnerUser } from '../../domain/user.ts';
import { absent, atVersion } from './conditions.ts';
import { itemKinds } from './item-kinds.ts';
import { query, queryAll } from './queries.ts';
import { get } from './reads.ts';
import { put, remove, update, type Write } from './write-requests.ts';
import { transactIf, writeIf } from './writes.ts';

/**
 * The copy of a user in the table. The user pool has the original, but cannot list the users of one partner: it filters by
 * standard attributes only.
 */
export type UserRecord = PartnerUser & { version: number };

const keyOf = ({ partnerId, id }: Pick<PartnerUser, 'partnerId' | 'id'>) => itemKinds.user.key({ partnerId, id });

export async function getPartnerUser(partnerId: PartnerId, id: string): Promise<UserRecord | undefined> {
  return get<UserRecord>(keyOf({ partnerId, id }));
}

/** Where a list of users continues after one. */
export const userPosition = ({ id }: Pick<PartnerUser, 'id'>) => itemKinds.user.sk({ id });

/** A page of the users of a partner and of its customers. */
export async function queryPartnerUsers(partnerId: PartnerId, limit: number, after: string | undefined) {
  return query<UserRecord>({ ...itemKinds.user.range({ partnerId }), after }, limit);
}

/** All users of a partner and of its customers. */
export async function allPartnerUsers(partnerId: PartnerId): Promise<UserRecord[]> {
  return queryAll<UserRecord>(itemKinds.user.range({ partnerId }));
}

/**
 * Creates, replaces or removes the copy of a user.
 *
 * @param before the stored copy, if there is one.
 * @param after the user after the change; `undefined` to remove the copy.
 * @param witness another user, who must not have changed since it was read.
 * @returns false when one of them has changed since it was read.
 */
export async function savePartnerUser(
  before: UserRecord | undefined,
  after: PartnerUser | undefined,
  witness?: UserRecord,
): Promise<boolean> {
  const writes: Write[] = [];
  if (after) {
    const version = (before?.version ?? 0) + 1;
    writes.push(put({ ...after, version, ...keyOf(after) }, before ? atVersion(before.version) : absent));
  } else if (before) {
    writes.push(remove(keyOf(before), atVersion(before.version)));
  }
  if (witness) {
    writes.push(update(keyOf(witness), { increase: { version: 1 } }, atVersion(witness.version)));
  }
  const [only, ...others] = writes;
  return only === undefined || (others.length > 0 ? transactIf(writes) : writeIf(only));
}
