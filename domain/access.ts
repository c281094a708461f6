import type { CustomerId, PartnerId } from './ids.ts';
/** The roles that a token can carry. Others grant nothing. */
export const roles = [
  'platform',
  'admin',
  'provisioning',
  'deployment',
  'support',
  'accounts',
  'billing',
  'customer_admin',
  'customer_user',
] as const;

export type Role = (typeof roles)[number];

/** The roles of a partner's users and systems. */
export const partnerRoles = ['admin', 'provisioning', 'deployment', 'support', 'accounts', 'billing'] as const;

/** The roles of a customer's own users. */
export const customerRoles = ['customer_admin', 'customer_user'] as const;

/** Each right with the roles that have it: the role matrix of the API. */
export const rights = {
  order_sims: ['admin'],
  see: partnerRoles,
  see_own: [...partnerRoles, ...customerRoles],
  change_sims: ['admin', 'provisioning', 'deployment', 'support'],
  manage_sim_fields: ['admin'],
  create_customers_and_services: ['admin', 'provisioning'],
  edit_customers_and_services: ['admin', 'provisioning', 'deployment'],
  delete_customers_and_services: ['admin', 'provisioning', 'deployment'],
  manage_partner_services: ['admin', 'provisioning'],
  see_own_customer: customerRoles,
  see_users: ['admin', 'provisioning', 'customer_admin'],
  create_users: ['admin', 'provisioning'],
  manage_users: ['admin'],
  clients: ['admin'],
  webhooks: ['admin'],
  alarms: ['admin'],
  see_firings: ['admin', 'provisioning', 'customer_admin'],
  journal: ['admin', 'provisioning', 'support', 'billing', 'platform'],
  platform: ['platform'],
} as const satisfies Record<string, readonly Role[]>;

export type Right = keyof typeof rights;

/** The caller of a request, from its verified token. */
export type Caller = {
  /** The token's `sub`. */
  userId: string;
  /** For information only: no right depends on it. */
  email?: string;
} & (
  | { kind: 'platform' }
  | { kind: 'partner'; partnerId: PartnerId; roles: readonly Role[] }
  | { kind: 'customer'; partnerId: PartnerId; customerId: CustomerId; roles: readonly Role[] }
);

/** A caller that acts for the wholesaler. */
export type PlatformCaller = Extract<Caller, { kind: 'platform' }>;

/** A caller that acts for a partner, or for one of its customers. */
export type PartnerCaller = Extract<Caller, { partnerId: PartnerId }>;

/** Who requests a change: the `sub` of a user or the id of an API client, and the e-mail address in a user's token. */
export type Requester = { actor: string; actorEmail?: string | undefined };

export const requesterOf = ({ userId, email }: Caller): Requester => ({ actor: userId, actorEmail: email });

/** Who a record belongs to: a partner, or the wholesaler's platform. */
export type Tenant = { partnerId: PartnerId } | 'platform';

/** The tenant that a caller acts for: a customer's user acts for the customer's partner. */
export function tenantOf(caller: Caller | undefined): Tenant {
  return caller && 'partnerId' in caller ? { partnerId: caller.partnerId } : 'platform';
}

/**
 * The caller that a token's claims identify; `undefined` when they name neither a partner nor the platform. Users of a customer
 * have only customer roles; users of a partner have no customer roles.
 */
export function callerFromClaims(claims: {
  sub: string;
  partnerId?: PartnerId | undefined;
  customerId?: CustomerId | undefined;
  roles: readonly string[];
  email?: string | undefined;
}): Caller | undefined {
  const known = roles.filter((role) => claims.roles.includes(role));
  const user = { userId: claims.sub, ...(claims.email === undefined ? {} : { email: claims.email }) };
  if (!claims.partnerId) {
    return known.includes('platform') ? { kind: 'platform', ...user } : undefined;
  }
  const isCustomers = (role: Role) => customerRoles.some((name) => name === role);
  const shared = { ...user, partnerId: claims.partnerId };
  return claims.customerId
    ? { kind: 'customer', ...shared, customerId: claims.customerId, roles: known.filter(isCustomers) }
    : { kind: 'partner', ...shared, roles: known.filter((role) => !isCustomers(role) && role !== 'platform') };
}

export function isAllowed(caller: Caller, right: Right): boolean {
  const allowed: readonly Role[] = rights[right];
  return caller.kind === 'platform'
    ? allowed.includes('platform')
    : caller.roles.some((role) => allowed.includes(role));
}
