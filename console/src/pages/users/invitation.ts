import type { customerRoles, partnerRoles, Role } from '../../../../domain/access.ts';
import { roleNotHeld, rolesOpenTo } from '../../../../domain/user.ts';

/** The roles of the users of partners and customers. */
export type GivenRole = (typeof partnerRoles | typeof customerRoles)[number];

/** An invitation while the user fills in the form. */
export type InvitationDraft = {
  email: string;
  firstName: string;
  lastName: string;
  /** Whether the invited user is one of a customer. */
  isOfCustomer: boolean;
  customerId: string;
  roles: readonly GivenRole[];
};

export const emptyInvitation: InvitationDraft = {
  email: '',
  firstName: '',
  lastName: '',
  isOfCustomer: false,
  customerId: '',
  roles: [],
};

export type Invitation = {
  email: string;
  firstName?: string;
  lastName?: string;
  customerId?: string;
  roles: GivenRole[];
};

/** The roles that a user may give: those open to users of the kind, and of a partner's only those that the user has. */
export function rolesToGive(
  giver: { roles: readonly Role[] },
  { isOfCustomer }: Pick<InvitationDraft, 'isOfCustomer'>,
): GivenRole[] {
  // Safe: the rule depends on which of the ids are present, not on their values.
  const owner = { partnerId: '-', ...(isOfCustomer && { customerId: '-' }) } as Parameters<typeof rolesOpenTo>[0];
  return rolesOpenTo(owner).filter(
    (role): role is GivenRole => role !== 'platform' && roleNotHeld(giver, [role]) === undefined,
  );
}

/** The draft for another kind of user: roles of partners and customers are for their own users. */
export function withOwner(draft: InvitationDraft, isOfCustomer: boolean): InvitationDraft {
  return { ...draft, isOfCustomer, customerId: '', roles: [] };
}

export function isInvitationComplete({ email, isOfCustomer, customerId, roles }: InvitationDraft): boolean {
  return isEmail(email) && roles.length > 0 && (!isOfCustomer || customerId !== '');
}

/** Whether a text can be an email address. The API decides. */
export function isEmail(typed: string): boolean {
  return /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(typed.trim());
}

export function toInvitation({
  email,
  firstName,
  lastName,
  isOfCustomer,
  customerId,
  roles,
}: InvitationDraft): Invitation {
  return {
    email: email.trim(),
    ...(firstName.trim() !== '' && { firstName: firstName.trim() }),
    ...(lastName.trim() !== '' && { lastName: lastName.trim() }),
    ...(isOfCustomer && { customerId }),
    roles: [...roles],
  };
}
