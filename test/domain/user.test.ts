import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  callerFromClaims,
  customerRoles,
  isAllowed,
  partnerRoles,
  type Right,
  rights,
  roles,
} from '../../domain/access.ts';
import {
  canLoseRole,
  isIncompleteInvitation,
  type Owner,
  rolesOpenTo,
  type User,
  userViolations,
} from '../../domain/user.ts';

const ada: User = {
  id: 'u-1',
  email: 'ada@acme.example',
  partnerId: 'acme',
  roles: ['admin'],
  state: 'invited',
  createdAt: '2026-03-02T10:00:00.000Z',
};
const everyRight = Object.keys(rights).filter((name): name is Right => name in rights);
const anybody: fc.Arbitrary<Owner> = fc.constantFrom<Owner>(
  {},
  { partnerId: 'acme' },
  { partnerId: 'acme', customerId: 'cus_1' },
);

describe('the roles of a user', () => {
  test('are the platform’s, a partner’s or a customer’s, by whose he is', () => {
    expect(rolesOpenTo({})).toEqual(['platform']);
    expect(rolesOpenTo({ partnerId: 'acme' })).toEqual(partnerRoles);
    expect(rolesOpenTo({ partnerId: 'acme', customerId: 'cus_1' })).toEqual(customerRoles);
  });

  test('are exactly those by which his token gives a right', () => {
    fc.assert(
      fc.property(anybody, fc.constantFrom(...roles), (whose, role) => {
        const caller = callerFromClaims({ sub: 'ada', ...whose, roles: [role] });
        const rightsOfRole = everyRight.filter((right) => caller && isAllowed(caller, right));
        expect(rightsOfRole.length > 0).toBe(rolesOpenTo(whose).includes(role));
      }),
    );
  });

  test('that are another’s are named, each with its place', () => {
    expect(userViolations({ partnerId: 'acme', roles: ['admin', 'platform', 'customer_user'] })).toMatchObject([
      { pointer: '/roles/1', code: 'role_of_others' },
      { pointer: '/roles/2', code: 'role_of_others' },
    ]);
    expect(userViolations({ roles: ['admin'] })).toMatchObject([{ pointer: '/roles/0', code: 'role_of_others' }]);
    expect(userViolations({ partnerId: 'acme', roles: ['admin', 'billing'] })).toEqual([]);
  });

  test('are one at least', () => {
    expect(userViolations({ partnerId: 'acme', roles: [] })).toMatchObject([{ pointer: '/roles', code: 'too_small' }]);
  });

  test('can all be lost but the last', () => {
    expect(canLoseRole({ roles: ['admin', 'billing'] }, 'admin')).toBe(true);
    expect(canLoseRole({ roles: ['admin'] }, 'admin')).toBe(false);
  });
});

test('a customer’s user names the customer’s partner, too', () => {
  expect(userViolations({ customerId: 'cus_1', roles: ['customer_user'] })).toMatchObject([
    { pointer: '/customerId', code: 'customer_needs_partner' },
  ]);
});

describe('an invitation', () => {
  const wanted = { partnerId: 'acme', roles: ['admin', 'billing'] as const };

  test('was cut short when its user lacks roles', () => {
    expect(isIncompleteInvitation(ada, wanted)).toBe(true);
    expect(isIncompleteInvitation({ ...ada, roles: [] }, wanted)).toBe(true);
  });

  test.each<[string, Partial<User>]>([
    ['has all of them', { roles: ['billing', 'admin'] }],
    ['has others', { roles: ['support'] }],
    ['has signed in', { state: 'active' }],
    ['was disabled', { state: 'disabled' }],
    ['is another partner’s', { partnerId: 'globex' }],
    ['is a customer’s', { customerId: 'cus_1' }],
  ])('was not cut short when its user %s', (_, others) => {
    expect(isIncompleteInvitation({ ...ada, ...others }, wanted)).toBe(false);
  });
});
