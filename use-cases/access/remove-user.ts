import { deleteUser } from '../../adapters/cognito/users.ts';
import type { User } from '../../domain/user.ts';
import { notFound, Refusal } from '../refusal.ts';
import { readUser } from './read-users.ts';

/**
 * Deletes a user and ends their sessions. Platform users cannot delete themselves, so that at least one remains.
 *
 * @throws Refusal `no_user_pool`, `not_found`, `own_user`
 */
export async function removeUser(
  userId: string,
  { actor, precondition }: { actor: string; precondition: (current: User) => void },
): Promise<void> {
  precondition(await readUser(userId));
  if (userId === actor) {
    throw new Refusal('own_user', 'You cannot delete your own user. Ask another platform user.');
  }
  if (!(await deleteUser(userId))) {
    throw notFound('user', userId);
  }
}
