import { getUser, queryUsers } from '../../adapters/cognito/users.ts';
import type { User } from '../../domain/user.ts';
import type { PageRequest } from '../fill-page.ts';
import { orNotFound } from '../refusal.ts';
import { requireUserPool } from './require-user-pool.ts';

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
