import { partnerRoles } from './access.ts';
import { isPartnerId } from './partner.ts';

/** A role that a partner's system may have. */
export type MachineRole = (typeof partnerRoles)[number];

/** A system of a partner's, which gets its tokens by itself: with an id and a secret, and nobody behind it. */
export type MachineClient = {
  id: string;
  /** Of its partner's clients, each has another. */
  name: string;
  partnerId: string;
  roles: readonly MachineRole[];
  createdAt: string;
};

/** What a token may be asked to be good for, of OAuth: `acme/admin` is the role `admin` for the partner `acme`. */
export function scopeOf(partnerId: string, role: MachineRole): string {
  return `${partnerId}/${role}`;
}

/**
 * The partner and the roles that scopes are for; `undefined` when they are not all of one partner, since a token acts for
 * one. A scope that is none of ours gives nothing, and spoils nothing.
 */
export function grantOf(scopes: readonly string[]): { partnerId: string; roles: MachineRole[] } | undefined {
  const ours = scopes.map((scope) => scope.split('/')).filter((parts) => parts.length === 2);
  const [partnerId = '', ...others] = new Set(ours.map(([first = '']) => first));
  if (!isPartnerId(partnerId) || others.length > 0) {
    return undefined;
  }
  return { partnerId, roles: partnerRoles.filter((role) => scopes.includes(scopeOf(partnerId, role))) };
}
