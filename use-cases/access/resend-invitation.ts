import { sendInvitationAgain } from '../../adapters/cognito/users.ts';
import type { User } from '../../domain/user.ts';
import { notFound, Refusal } from '../refusal.ts';

/**
 * Sends another temporary password to a user who has not signed in yet.
 *
 * @throws Refusal `wrong_state`, `not_found`
 */
export async function resendInvitation(user: User): Promise<void> {
  if (user.state !== 'invited') {
    throw new Refusal('wrong_state', `The user is ${user.state}. Only invited users can be invited again.`);
  }
  if (!(await sendInvitationAgain(user))) {
    throw notFound('user', user.id);
  }
}
