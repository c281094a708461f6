import { partnerRoles } from './access.ts';
import type { PartnerId } from './ids.ts';
import { isPartnerId } from './partner.ts';

/** A role that an API client can have. */
export type MachineRole = (typeof partnerRoles)[number];

/** An API client of a partner: a system that requests tokens with an id and a secret, without a user. */
export type MachineClient = {
  id: string;
  /** Unique among the clients of the partner. */
  name: string;
  partnerId: PartnerId;
  roles: readonly MachineRole[];
  createdAt: string;
};

/** The OAuth scope of a role: `acme/admin` is the role `admin` for the partner `acme`. */
export function scopeOf(partnerId: PartnerId, role: MachineRole): string {
  return `${partnerId}/${role}`;
}

/**
 * The partner and the roles that scopes grant; `undefined` unless they all belong to one partner, because a token acts for one.
 * Unknown scopes are ignored.
 */
export function grantOf(scopes: readonly string[]): { partnerId: PartnerId; roles: MachineRole[] } | undefined {
  const ours = scopes.map((scope) => scope.split('/')).filter((parts) => parts.length === 2);
  const [partnerId = '', ...others] = new Set(ours.map(([first = '']) => first));
  if (!isPartnerId(partnerId) || others.length > 0) {
    return undefined;
  }
  return { partnerId, roles: partnerRoles.filter((role) => scopes.includes(scopeOf(partnerId, role))) };
}
