import pMap from 'p-map';
import { hasUserPool } from '../../adapters/cognito/has-user-pool.ts';
import { CALLS_IN_FLIGHT } from '../../adapters/cognito/user-pool.ts';
import { disableUser } from '../../adapters/cognito/users.ts';
import { allPartnerUsers } from '../../adapters/dynamodb/partner-users.ts';
import { addRevocation } from '../../adapters/dynamodb/revocations.ts';
import type { CustomerId, PartnerId } from '../../domain/ids.ts';
import type { PartnerUser } from '../../domain/user.ts';
import { removeCopy, updateCopy } from './user-copies.ts';

/**
 * Deactivates the users of a customer that was deleted. Without a user pool there are none. `sync-users.ts` completes what an
 * interrupted request leaves.
 */
export async function deactivateUsersOfCustomer(partnerId: PartnerId, customerId: CustomerId): Promise<void> {
  if (!hasUserPool()) {
    return;
  }
  const users = (await allPartnerUsers(partnerId)).filter((user) => user.customerId === customerId);
  await pMap(users, deactivate, { concurrency: CALLS_IN_FLIGHT });
}

/** Prevents a user from signing in, and ends their sessions and tokens. */
export async function deactivate({ version: _version, ...user }: PartnerUser & { version?: number }): Promise<void> {
  const isThere = await disableUser(user.id);
  await addRevocation(user.id);
  await (isThere ? updateCopy({ ...user, state: 'disabled' }) : removeCopy(user.partnerId, user.id));
}
