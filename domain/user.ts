import { customerRoles, partnerRoles, type Role } from './access.ts';
import type { CustomerId, PartnerId } from './ids.ts';
import type { Problem, Violation } from './verdict.ts';

/** The owner of a user: the wholesaler without `partnerId`, a customer with `customerId`, otherwise the partner. */
export type Owner = { partnerId?: PartnerId | undefined; customerId?: CustomerId | undefined };

export const userStates = ['invited', 'active', 'disabled'] as const;

/** A user of the deployment's user pool. */
export type User = Owner & {
  id: string;
  email: string;
  firstName?: string | undefined;
  lastName?: string | undefined;
  roles: readonly Role[];
  /** `invited` until the first sign-in; `disabled` by an admin, in the user pool, or with the deletion of its customer. */
  state: (typeof userStates)[number];
  createdAt: string;
};

/** A user of a partner, or of one of its customers. */
export type PartnerUser = User & { partnerId: PartnerId };

/** The roles available to users of an owner. Tokens with other roles grant nothing. */
export function rolesOpenTo({ partnerId, customerId }: Owner): readonly Role[] {
  if (partnerId === undefined) {
    return ['platform'];
  }
  return customerId === undefined ? partnerRoles : customerRoles;
}

/** The rule: a user has at least one role, all of them available to the owner. A customer needs a partner. */
export function userViolations(user: Owner & { roles: readonly Role[] }): Violation[] {
  if (user.customerId !== undefined && user.partnerId === undefined) {
    return [
      { pointer: '/customerId', code: 'customer_needs_partner', message: 'partnerId is required with customerId.' },
    ];
  }
  if (user.roles.length === 0) {
    return [{ pointer: '/roles', code: 'too_small', message: 'A user needs at least one role.' }];
  }
  return user.roles.flatMap((role, index) => {
    const problem = roleProblem(user, role);
    return problem ? [{ pointer: `/roles/${index}`, code: problem.code, message: problem.detail }] : [];
  });
}

/** The rule: roles of the wholesaler, of partners and of customers are for their own users. */
export function roleProblem(user: Owner, role: Role): Problem<'role_of_others'> | undefined {
  const open = rolesOpenTo(user);
  return open.includes(role)
    ? undefined
    : {
        code: 'role_of_others',
        detail: `The role ${role} is not available to this user. Available roles: ${open.join(', ')}.`,
      };
}

/** The rule: a user keeps at least one role. Delete the user instead. */
export function canLoseRole({ roles }: Pick<User, 'roles'>, role: Role): boolean {
  return roles.some((other) => other !== role);
}

/**
 * Whether an invitation was interrupted: the user has not signed in, has the wanted owner, and lacks wanted roles or is not
 * listed yet. Repeating the invitation completes it.
 */
export function isIncompleteInvitation(
  user: User,
  wanted: Owner & { roles: readonly Role[] },
  { isListed }: { isListed: boolean },
): boolean {
  return (
    user.state === 'invited' &&
    user.partnerId === wanted.partnerId &&
    user.customerId === wanted.customerId &&
    user.roles.every((role) => wanted.roles.includes(role)) &&
    (!isListed || wanted.roles.some((role) => !user.roles.includes(role)))
  );
}

/**
 * The rule: nobody gives a role that they do not hold themselves. Roles of customers are given by all who may create users.
 *
 * @returns the first role that must not be given.
 */
export function roleNotHeld(giver: { roles: readonly Role[] }, given: readonly Role[]): Role | undefined {
  return given.find((role) => !giver.roles.includes(role) && !customerRoles.some((name) => name === role));
}

/** Whether a user counts as an admin of the partner: not of a customer, and not deactivated. */
export function isActiveAdmin({ customerId, roles, state }: Pick<User, 'customerId' | 'roles' | 'state'>): boolean {
  return customerId === undefined && state !== 'disabled' && roles.includes('admin');
}

/**
 * The rule: a partner that has an active admin keeps one.
 *
 * @param after the user after the change; `undefined` when it is removed.
 * @param all the users of the partner.
 * @returns `last_admin` when the change would take the last one, otherwise an admin who must stay during the change, if any must.
 */
export function adminWhoStays<Other extends User>(
  before: User,
  after: User | undefined,
  all: readonly Other[],
): Other | 'last_admin' | undefined {
  if (!isActiveAdmin(before) || (after && isActiveAdmin(after))) {
    return undefined;
  }
  return all.find((other) => other.id !== before.id && isActiveAdmin(other)) ?? 'last_admin';
}
