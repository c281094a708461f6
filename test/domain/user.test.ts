import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  callerFromClaims,
  customerRoles,
  isAllowed,
  partnerRoles,
  type Right,
  type Role,
  rights,
  roles,
} from '../../domain/access.ts';
import { asId } from '../../domain/ids.ts';
import {
  adminWhoStays,
  canLoseRole,
  isIncompleteInvitation,
  type Owner,
  roleNotHeld,
  rolesOpenTo,
  type User,
  userViolations,
} from '../../domain/user.ts';

const ada: User = {
  id: 'u-1',
  email: 'ada@acme.example',
  partnerId: asId('partner', 'acme'),
  roles: ['admin'],
  state: 'invited',
  createdAt: '2026-03-02T10:00:00.000Z',
};
const everyRight = Object.keys(rights).filter((name): name is Right => name in rights);
const anybody: fc.Arbitrary<Owner> = fc.constantFrom<Owner>(
  {},
  { partnerId: asId('partner', 'acme') },
  { partnerId: asId('partner', 'acme'), customerId: 'cus_1' },
);

describe('the roles of a user', () => {
  test('depend on whether the user belongs to the platform, a partner or a customer', () => {
    expect(rolesOpenTo({})).toEqual(['platform']);
    expect(rolesOpenTo({ partnerId: asId('partner', 'acme') })).toEqual(partnerRoles);
    expect(rolesOpenTo({ partnerId: asId('partner', 'acme'), customerId: 'cus_1' })).toEqual(customerRoles);
  });

  test('are exactly those that give a right in the user’s token', () => {
    fc.assert(
      fc.property(anybody, fc.constantFrom(...roles), (whose, role) => {
        const caller = callerFromClaims({ sub: 'ada', ...whose, roles: [role] });
        const rightsOfRole = everyRight.filter((right) => caller && isAllowed(caller, right));
        expect(rightsOfRole.length > 0).toBe(rolesOpenTo(whose).includes(role));
      }),
    );
  });

  test('that do not fit the owner are reported with their positions', () => {
    expect(
      userViolations({ partnerId: asId('partner', 'acme'), roles: ['admin', 'platform', 'customer_user'] }),
    ).toMatchObject([
      { pointer: '/roles/1', code: 'role_of_others' },
      { pointer: '/roles/2', code: 'role_of_others' },
    ]);
    expect(userViolations({ roles: ['admin'] })).toMatchObject([{ pointer: '/roles/0', code: 'role_of_others' }]);
    expect(userViolations({ partnerId: asId('partner', 'acme'), roles: ['admin', 'billing'] })).toEqual([]);
  });

  test('are at least one', () => {
    expect(userViolations({ partnerId: asId('partner', 'acme'), roles: [] })).toMatchObject([
      { pointer: '/roles', code: 'too_small' },
    ]);
  });

  test('can be revoked except the last one', () => {
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
  const wanted = { partnerId: asId('partner', 'acme'), roles: ['admin', 'billing'] as const };

  test('is incomplete when its user lacks roles', () => {
    expect(isIncompleteInvitation(ada, wanted, { isListed: true })).toBe(true);
    expect(isIncompleteInvitation({ ...ada, roles: [] }, wanted, { isListed: true })).toBe(true);
  });

  test('is incomplete when its user is not listed yet', () => {
    const complete: User = { ...ada, roles: ['billing', 'admin'] };
    expect(isIncompleteInvitation(complete, wanted, { isListed: false })).toBe(true);
    expect(isIncompleteInvitation({ ...complete, state: 'active' }, wanted, { isListed: false })).toBe(false);
  });

  test.each<[string, Partial<User>]>([
    ['has all of them', { roles: ['billing', 'admin'] }],
    ['has others', { roles: ['support'] }],
    ['has signed in', { state: 'active' }],
    ['was disabled', { state: 'disabled' }],
    ['is another partner’s', { partnerId: asId('partner', 'globex') }],
    ['is a customer’s', { customerId: 'cus_1' }],
  ])('is complete when its user %s', (_, others) => {
    expect(isIncompleteInvitation({ ...ada, ...others }, wanted, { isListed: true })).toBe(false);
  });
});

describe('nobody gives a role that they do not hold', () => {
  test.each<[string, Role[], Role[], Role | undefined]>([
    ['own roles may be given', ['admin', 'billing'], ['billing', 'admin'], undefined],
    ['a role beyond one’s own may not', ['provisioning'], ['provisioning', 'admin'], 'admin'],
    ['an admin gives no other partner role either', ['admin'], ['support'], 'support'],
    ['roles of customers may be given', ['provisioning'], ['customer_admin', 'customer_user'], undefined],
  ])('%s', (_, held, given, missing) => {
    expect(roleNotHeld({ roles: held }, given)).toBe(missing);
  });
});

describe('a partner keeps an active admin', () => {
  const user = (id: string, fields: Partial<User> = {}): User => ({ ...ada, id, roles: ['admin'], ...fields });
  const disabled = { state: 'disabled' } as const;

  test('so that the last one stays', () => {
    const all = [user('a'), user('b', disabled), user('c', { roles: ['billing'] }), user('d', { customerId: 'cus_1' })];
    expect(adminWhoStays(user('a'), undefined, all)).toBe('last_admin');
    expect(adminWhoStays(user('a'), user('a', disabled), all)).toBe('last_admin');
    expect(adminWhoStays(user('a'), user('a', { roles: ['billing'] }), all)).toBe('last_admin');
  });

  test('and another admin must stay while one goes', () => {
    const all = [user('a'), user('b')];
    expect(adminWhoStays(user('a'), undefined, all)).toBe(all[1]);
  });

  test('which changes of others do not affect', () => {
    const all = [user('a'), user('b', disabled)];
    expect(adminWhoStays(user('a'), user('a', { firstName: 'Ada' }), all)).toBeUndefined();
    expect(adminWhoStays(user('b', disabled), undefined, all)).toBeUndefined();
    expect(adminWhoStays(user('c', { roles: ['billing'] }), undefined, all)).toBeUndefined();
  });
});
