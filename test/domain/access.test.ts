import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Caller, callerFromClaims, isAllowed, type Right, type Role, rights, roles } from '../../domain/access.ts';
import { asId } from '../../domain/ids.ts';

const partnerRoles = ['admin', 'provisioning', 'deployment', 'support', 'accounts', 'billing'] as const;
const customerRoles = ['customer_admin', 'customer_user'] as const;
const everyRight = Object.keys(rights).filter((name): name is Right => name in rights);

/** Who a role makes of the bearer of an otherwise proper token. */
function bearerOf(...held: string[]): Caller {
  const isCustomers = held.some((role) => role.startsWith('customer_'));
  const caller = callerFromClaims({
    sub: 'ann',
    roles: held,
    ...(held.includes('platform') ? {} : { partnerId: asId('partner', 'demo') }),
    ...(isCustomers ? { customerId: asId('customer', 'cus_meadow') } : {}),
  });
  if (!caller) {
    throw new Error('No rights at all.');
  }
  return caller;
}

describe('the rights of a role', () => {
  /** The contract's matrix, row by row, in its own columns. Those who see their own alone may not see all. */
  const columns: readonly Role[] = [...partnerRoles, ...customerRoles];
  const matrix: readonly (readonly [Right, string])[] = [
    //                                admin  prov.  depl.  supp.  acc.   bill.  c_adm. c_user
    ['order_sims', /*              */ 'yes    -      -      -      -      -      -      -'],
    ['see', /*                     */ 'yes    yes    yes    yes    yes    yes    -      -'],
    ['see_own', /*                 */ 'yes    yes    yes    yes    yes    yes    yes    yes'],
    ['change_sims', /*             */ 'yes    yes    yes    yes    -      -      -      -'],
    ['create_customers_and_services', 'yes    yes    -      -      -      -      -      -'],
    ['edit_customers_and_services', /**/ 'yes yes    yes    -      -      -      -      -'],
    ['delete_customers_and_services', 'yes    yes    yes    -      -      -      -      -'],
    ['manage_partner_services', /* */ 'yes    yes    -      -      -      -      -      -'],
    ['manage_sim_fields', /*       */ 'yes    -      -      -      -      -      -      -'],
    ['alarms', /*                  */ 'yes    -      -      -      -      -      -      -'],
    ['see_firings', /*             */ 'yes    yes    -      -      -      -      yes    -'],
    ['webhooks', /*                */ 'yes    -      -      -      -      -      -      -'],
    ['journal', /*                 */ 'yes    yes    -      yes    -      yes    -      -'],
    ['see_own_customer', /*        */ '-      -      -      -      -      -      yes    yes'],
    ['see_users', /*               */ 'yes    yes    -      -      -      -      yes    -'],
    ['create_users', /*            */ 'yes    yes    -      -      -      -      -      -'],
    ['manage_users', /*            */ 'yes    -      -      -      -      -      -      -'],
    ['clients', /*                 */ 'yes    -      -      -      -      -      -      -'],
    ['platform', /*                */ '-      -      -      -      -      -      -      -'],
  ];

  test.each(matrix)('%s', (right, row) => {
    const allowed = row.split(/\s+/).map((cell) => cell === 'yes');
    expect(columns.map((role) => `${role}: ${isAllowed(bearerOf(role), right)}`)).toEqual(
      columns.map((role, column) => `${role}: ${allowed[column]}`),
    );
  });

  test('every right is in the matrix', () => {
    expect(new Set(everyRight)).toEqual(new Set(matrix.map(([right]) => right)));
  });

  test('the wholesaler may use only the platform’s routes and its own journal', () => {
    expect(everyRight.filter((right) => isAllowed(bearerOf('platform'), right))).toEqual(['journal', 'platform']);
    expect(everyRight.filter((right) => isAllowed(bearerOf('platform', 'admin'), right))).toEqual([
      'journal',
      'platform',
    ]);
  });

  test('several roles have the rights of each of them', () => {
    fc.assert(
      fc.property(fc.subarray([...partnerRoles]), fc.constantFrom(...everyRight), (held, right) => {
        expect(isAllowed(bearerOf(...held), right)).toBe(held.some((role) => isAllowed(bearerOf(role), right)));
      }),
    );
  });
});

describe('a token', () => {
  test('of a partner makes its bearer a user of that partner', () => {
    expect(callerFromClaims({ sub: 'ann', partnerId: asId('partner', 'demo'), roles: ['support', 'billing'] })).toEqual(
      {
        kind: 'partner',
        userId: 'ann',
        partnerId: 'demo',
        roles: ['support', 'billing'],
      },
    );
  });

  test('of a customer makes its bearer a user of that customer', () => {
    expect(
      callerFromClaims({
        sub: 'cy',
        partnerId: asId('partner', 'demo'),
        customerId: 'cus_meadow',
        roles: ['customer_user'],
      }),
    ).toEqual({
      kind: 'customer',
      userId: 'cy',
      partnerId: 'demo',
      customerId: 'cus_meadow',
      roles: ['customer_user'],
    });
  });

  test('without a partner is the platform’s, or refused', () => {
    expect(callerFromClaims({ sub: 'root', roles: ['platform'] })).toEqual({ kind: 'platform', userId: 'root' });
    for (const held of [[], ['admin'], ['admin', 'support'], ['customer_admin'], ['Platform']]) {
      expect(callerFromClaims({ sub: 'ann', roles: held })).toBeUndefined();
      expect(callerFromClaims({ sub: 'ann', partnerId: asId('partner', ''), roles: held })).toBeUndefined();
      expect(callerFromClaims({ sub: 'ann', customerId: 'cus_meadow', roles: held })).toBeUndefined();
    }
  });

  test('of the platform that names a partner gives no rights, neither the platform’s nor the partner’s', () => {
    const caller = callerFromClaims({ sub: 'root', partnerId: asId('partner', 'demo'), roles: ['platform'] });
    expect(everyRight.filter((right) => caller && isAllowed(caller, right))).toEqual([]);
  });

  test('of a partner’s user gives none of the rights of its roles as a customer', () => {
    const caller = callerFromClaims({ sub: 'ann', partnerId: asId('partner', 'demo'), roles: ['customer_admin'] });
    expect(everyRight.filter((right) => caller && isAllowed(caller, right))).toEqual([]);
  });

  test.each([...partnerRoles, 'platform'])('of a customer’s user gives none of the rights of %s', (role) => {
    const claims = { sub: 'cy', partnerId: asId('partner', 'demo'), customerId: 'cus_meadow' } as const;
    const plain = callerFromClaims({ ...claims, roles: ['customer_user'] });
    expect(callerFromClaims({ ...claims, roles: ['customer_user', role] })).toEqual(plain);
    expect(callerFromClaims({ ...claims, roles: [role] })).toEqual({ ...plain, roles: [] });
  });

  test('with roles that are not known gives the rights of the known ones', () => {
    const unknown = fc.oneof(
      fc.string(),
      fc.constantFrom('Admin', 'ADMIN', ' admin', 'admin ', 'owner', '__proto__', 'toString', 'platform,admin'),
    );
    const isKnown = (role: string) => roles.some((known) => known === role);
    fc.assert(
      fc.property(fc.subarray([...partnerRoles]), fc.array(unknown.filter((role) => !isKnown(role))), (held, more) => {
        expect(bearerOf(...more, ...held)).toEqual(bearerOf(...held));
      }),
    );
  });
});
