import { sendInvitationAgain } from '../../adapters/cognito/users.ts';
import { notFound, Refusal } from '../refusal.ts';
import { readUser } from './read-users.ts';

/**
 * Sends another temporary password to a user who has not signed in yet.
 *
 * @throws Refusal `no_user_pool`, `not_found`, `wrong_state`
 */
export async function resendInvitation(userId: string): Promise<void> {
  const user = await readUser(userId);
  if (user.state !== 'invited') {
    throw new Refusal('wrong_state', `The user is ${user.state}. Only invited users can be invited again.`);
  }
  if (!(await sendInvitationAgain(user))) {
    throw notFound('user', userId);
  }
}
