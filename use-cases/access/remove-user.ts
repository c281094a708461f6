import { deleteUser } from '../../adapters/cognito/users.ts';
import { addRevocation } from '../../adapters/dynamodb/revocations.ts';
import type { PartnerCaller, PlatformCaller } from '../../domain/access.ts';
import type { User } from '../../domain/user.ts';
import { notFound, Refusal } from '../refusal.ts';
import { isPartnerUser, removeCopy, saveKeepingAnAdmin } from './user-copies.ts';

/**
 * Deletes a user and ends their sessions and tokens. No user can delete themselves, so that one platform user always remains.
 * Partners keep an active admin.
 *
 * @throws Refusal `own_user`, `last_admin`, `not_found`
 */
export async function removeUser(
  user: User,
  { by, precondition }: { by: PlatformCaller | PartnerCaller; precondition: (current: User) => void },
): Promise<void> {
  precondition(user);
  if (user.id === by.userId) {
    throw new Refusal('own_user', 'You cannot delete your own user. Ask another administrator.');
  }
  if (by.kind === 'partner' && isPartnerUser(user)) {
    await saveKeepingAnAdmin(user, undefined);
  }
  const isDeleted = await deleteUser(user.id);
  await addRevocation(user.id);
  if (isPartnerUser(user)) {
    await removeCopy(user.partnerId, user.id);
  }
  if (!isDeleted) {
    throw notFound('user', user.id);
  }
}
