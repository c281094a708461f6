import { customerRoles, partnerRoles, type Role } from './access.ts';
import type { Problem, Violation } from './verdict.ts';

/** Whose a user is: the wholesaler's when there is no partner, a customer's own when there is a customer. */
export type Owner = { partnerId?: string | undefined; customerId?: string | undefined };

export const userStates = ['invited', 'active', 'disabled'] as const;

/** Somebody who signs in at the deployment's own user pool. */
export type User = Owner & {
  id: string;
  email: string;
  roles: readonly Role[];
  /** `invited` until he has signed in for the first time; `disabled` by somebody at the user pool. */
  state: (typeof userStates)[number];
  createdAt: string;
};

/** The roles that a user may have, by whose he is: what a token of another role would say gives no right anyway. */
export function rolesOpenTo({ partnerId, customerId }: Owner): readonly Role[] {
  if (partnerId === undefined) {
    return ['platform'];
  }
  return customerId === undefined ? partnerRoles : customerRoles;
}

/** The rule: a user has at least one role, of those that are open to him; a customer is a partner's. */
export function userViolations(user: Owner & { roles: readonly Role[] }): Violation[] {
  if (user.customerId !== undefined && user.partnerId === undefined) {
    return [
      { pointer: '/customerId', code: 'customer_needs_partner', message: 'partnerId is required with customerId.' },
    ];
  }
  if (user.roles.length === 0) {
    return [{ pointer: '/roles', code: 'too_small', message: 'A user needs at least one role.' }];
  }
  return user.roles.flatMap((role, place) => {
    const problem = roleProblem(user, role);
    return problem ? [{ pointer: `/roles/${place}`, code: problem.code, message: problem.detail }] : [];
  });
}

/** The rule: a role of the wholesaler, of a partner or of a customer is for its own users. */
export function roleProblem(user: Owner, role: Role): Problem<'role_of_others'> | undefined {
  const open = rolesOpenTo(user);
  return open.includes(role)
    ? undefined
    : {
        code: 'role_of_others',
        detail: `The role ${role} is not available to this user. Available roles: ${open.join(', ')}.`,
      };
}

/** The rule: the last role stays, since a user without one is nobody; it is the user that is removed then. */
export function canLoseRole({ roles }: Pick<User, 'roles'>, role: Role): boolean {
  return roles.some((other) => other !== role);
}

/**
 * Whether an invitation was cut short: its user has not signed in, is whose he was to be, and lacks roles that he was to
 * have. To ask for it again completes it.
 */
export function isIncompleteInvitation(user: User, wanted: Owner & { roles: readonly Role[] }): boolean {
  return (
    user.state === 'invited' &&
    user.partnerId === wanted.partnerId &&
    user.customerId === wanted.customerId &&
    user.roles.every((role) => wanted.roles.includes(role)) &&
    wanted.roles.some((role) => !user.roles.includes(role))
  );
}
