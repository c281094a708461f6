import type { Role } from '../../../../domain/access.ts';
import { rolesOpenTo } from '../../../../domain/user.ts';
import { isEmail } from '../users/invitation.ts';

/** Whom an invited user works for. */
export type Kind = 'wholesaler' | 'partner' | 'customer';

/** An invitation while the user fills in the form. */
export type PlatformInvitationDraft = {
  email: string;
  firstName: string;
  lastName: string;
  kind: Kind;
  partnerId: string;
  customerId: string;
  roles: readonly Role[];
};

export const emptyPlatformInvitation: PlatformInvitationDraft = {
  email: '',
  firstName: '',
  lastName: '',
  kind: 'partner',
  partnerId: '',
  customerId: '',
  roles: ['admin'],
};

export type PlatformInvitation = {
  email: string;
  firstName?: string;
  lastName?: string;
  partnerId?: string;
  customerId?: string;
  roles: Role[];
};

/** The roles that are available to users of a kind. */
export function rolesOfKind(kind: Kind): readonly Role[] {
  // Safe: the rule depends on which of the ids are present, not on their values.
  const owner = {
    ...(kind !== 'wholesaler' && { partnerId: '-' }),
    ...(kind === 'customer' && { customerId: '-' }),
  } as Parameters<typeof rolesOpenTo>[0];
  return rolesOpenTo(owner);
}

/** The kind of an existing user. */
export function kindOf({ partnerId, customerId }: { partnerId?: string; customerId?: string }): Kind {
  return partnerId === undefined ? 'wholesaler' : customerId === undefined ? 'partner' : 'customer';
}

/** The draft for another kind of user: each kind has roles of its own. A single role is chosen at once. */
export function withKind(draft: PlatformInvitationDraft, kind: Kind): PlatformInvitationDraft {
  const roles = rolesOfKind(kind);
  return { ...draft, kind, customerId: '', roles: roles.length === 1 ? [...roles] : [] };
}

export function isPlatformInvitationComplete(draft: PlatformInvitationDraft): boolean {
  const { email, kind, partnerId, customerId, roles } = draft;
  const hasOwner = (kind === 'wholesaler' || partnerId !== '') && (kind !== 'customer' || customerId.trim() !== '');
  return isEmail(email) && roles.length > 0 && hasOwner;
}

export function toPlatformInvitation(draft: PlatformInvitationDraft): PlatformInvitation {
  const [firstName, lastName] = [draft.firstName.trim(), draft.lastName.trim()];
  return {
    email: draft.email.trim(),
    ...(firstName !== '' && { firstName }),
    ...(lastName !== '' && { lastName }),
    ...(draft.kind !== 'wholesaler' && { partnerId: draft.partnerId }),
    ...(draft.kind === 'customer' && { customerId: draft.customerId.trim() }),
    roles: [...draft.roles],
  };
}
