import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Role, roles } from '../../../domain/access.ts';
import { callerFrom } from '../../../functions/http/caller.ts';

type Claims = NonNullable<Parameters<typeof callerFrom>[0]>;

const token = (own: Claims): Claims => ({ sub: 'ann', partner_id: 'demo', ...own });

function rolesOf(claim: Claims[string]): readonly Role[] | undefined {
  const caller = callerFrom(token({ roles: claim }));
  return caller && 'roles' in caller ? caller.roles : undefined;
}

describe('the roles of a token', () => {
  test.each([
    ['[admin support]', ['admin', 'support']],
    ['[admin]', ['admin']],
    ['[]', []],
    ['admin', ['admin']],
    ['admin support', ['admin', 'support']],
    ['admin,support', ['admin', 'support']],
    ['[admin, support]', ['admin', 'support']],
    ['[support admin admin]', ['admin', 'support']],
    ['', []],
    ['[Admin]', []],
    ['[[admin]]', []],
    ['[administrator]', []],
    ['["admin"]', []],
    ['null', []],
  ] as const)('that come as the text %j are %j', (claim, expected) => {
    expect(rolesOf(claim)).toEqual(expected);
  });

  test('are the same as a list and as the text that API Gateway makes of it', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.constantFrom(...roles), fc.stringMatching(/^[a-z_]+$/))), (held) => {
        expect(rolesOf(`[${held.join(' ')}]`)).toEqual(rolesOf(held));
      }),
    );
  });

  test.each([
    ['a list with blanks', ['', ' '], []],
    ['a list of odd ones', ['admin ', 'ADMIN', 'owner', 'support'], ['support']],
    ['a number', 7, []],
    ['true', true, []],
  ] as const)('are the known ones of %s', (_what, claim, expected) => {
    expect(rolesOf(typeof claim === 'object' ? [...claim] : claim)).toEqual(expected);
  });

  test('may be left out, and give no rights then', () => {
    expect(callerFrom(token({}))).toEqual({ kind: 'partner', userId: 'ann', partnerId: 'demo', roles: [] });
  });
});

describe('the bearer of a token', () => {
  test('is a partner’s user', () => {
    expect(callerFrom(token({ roles: '[admin]' }))).toEqual({
      kind: 'partner',
      userId: 'ann',
      partnerId: 'demo',
      roles: ['admin'],
    });
  });

  test('is a customer’s user when it names a customer', () => {
    expect(callerFrom(token({ customer_id: 'cus_meadow', roles: '[customer_user admin]' }))).toEqual({
      kind: 'customer',
      userId: 'ann',
      partnerId: 'demo',
      customerId: 'cus_meadow',
      roles: ['customer_user'],
    });
  });

  test('is the platform when it names no partner and has its role', () => {
    expect(callerFrom({ sub: 'root', roles: '[platform]' })).toEqual({ kind: 'platform', userId: 'root' });
  });

  test('is nobody without claims, and without a partner', () => {
    expect(callerFrom(undefined)).toBeUndefined();
    expect(callerFrom({})).toBeUndefined();
    expect(callerFrom({ sub: 'ann', roles: '[admin]' })).toBeUndefined();
  });

  test('is nobody when its user or customer is longer than one can be, or no text of whole characters', () => {
    expect(callerFrom(token({ sub: 'a'.repeat(255), roles: '[admin]' }))).toBeDefined();
    expect(callerFrom(token({ sub: 'a'.repeat(256), roles: '[admin]' }))).toBeUndefined();
    for (const customerId of ['c'.repeat(101), 'c'.repeat(5000), 'cus_\ud800']) {
      expect(callerFrom(token({ customer_id: customerId, roles: '[customer_user]' }))).toBeUndefined();
    }
  });

  test.each<[Claims[string]]>([
    ['demo#other'],
    ['demo/other'],
    ['demo other'],
    ['demo\n'],
    [' demo'],
    ['.demo'],
    ['[demo]'],
    [['demo', 'other']],
    ['x'.repeat(65)],
    ['dém0'],
  ])('is nobody when its partner is %j, which cannot be one, whatever its roles', (partnerId) => {
    expect(callerFrom({ sub: 'ann', partner_id: partnerId, roles: '[admin platform]' })).toBeUndefined();
  });
});
