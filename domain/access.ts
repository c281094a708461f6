/** The roles that a token may carry. Others give no rights. */
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

/** The roles of a partner's own people and systems. */
export const partnerRoles = ['admin', 'provisioning', 'deployment', 'support', 'accounts', 'billing'] as const;

/** The roles of a customer's own users. */
export const customerRoles = ['customer_admin', 'customer_user'] as const;

/** What one may do, and the roles that may: the matrix of the contract ("Who may do what"), a line each. */
export const rights = {
  order_sims: ['admin'],
  see: partnerRoles,
  see_own: [...partnerRoles, ...customerRoles],
  change_sims: ['admin', 'provisioning', 'deployment', 'support'],
  create_customers_and_services: ['admin', 'provisioning'],
  edit_customers_and_services: ['admin', 'provisioning', 'deployment'],
  delete_customers_and_services: ['admin', 'provisioning'],
  manage_partner_services: ['admin', 'provisioning'],
  webhooks: ['admin'],
  alarms: ['admin'],
  journal: ['admin', 'provisioning', 'support', 'billing', 'platform'],
  platform: ['platform'],
} as const satisfies Record<string, readonly Role[]>;

export type Right = keyof typeof rights;

/** Who asks: from a verified token, never from the request. */
export type Caller = {
  /** The token's `sub`. */
  userId: string;
  /** Where the token names it. Decides nothing. */
  email?: string;
} & (
  | { kind: 'platform' }
  | { kind: 'partner'; partnerId: string; roles: readonly Role[] }
  | { kind: 'customer'; partnerId: string; customerId: string; roles: readonly Role[] }
);

/** A caller that acts for the wholesaler. */
export type PlatformCaller = Extract<Caller, { kind: 'platform' }>;

/** A caller that acts for a partner, or for a customer of it. */
export type PartnerCaller = Extract<Caller, { partnerId: string }>;

/** Who a record belongs to: a partner, or the wholesaler's platform. */
export type Tenant = { partnerId: string } | 'platform';

/** The tenant that a caller acts for: a customer's user acts for the customer's partner. */
export function tenantOf(caller: Caller | undefined): Tenant {
  return caller && 'partnerId' in caller ? { partnerId: caller.partnerId } : 'platform';
}

/**
 * Who a token's claims make of its bearer; `undefined` when they give no rights at all: no partner and not of the
 * platform. A customer's own user has a customer's roles alone, a partner's user none of them.
 */
export function callerFromClaims(claims: {
  sub: string;
  partnerId?: string | undefined;
  customerId?: string | undefined;
  roles: readonly string[];
  email?: string | undefined;
}): Caller | undefined {
  const known = roles.filter((role) => claims.roles.includes(role));
  const user = { userId: claims.sub, ...(claims.email === undefined ? {} : { email: claims.email }) };
  if (!claims.partnerId) {
    return known.includes('platform') ? { kind: 'platform', ...user } : undefined;
  }
  const isCustomers = (role: Role) => customerRoles.some((one) => one === role);
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
