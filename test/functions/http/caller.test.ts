import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Role, roles } from '../../../domain/access.ts';
import { readCaller } from '../../../functions/http/caller.ts';

type Claims = NonNullable<Parameters<typeof readCaller>[0]>;

/** The header that carries a token with these claims; nothing here verifies its signature. */
const bearerOf = (claims: object) => {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `Bearer ${part({ alg: 'RS256' })}.${part(claims)}.signature`;
};

/** Claims as API Gateway hands them over: everything is a text, a list one in brackets. */
const handedOver = (claims: object): Claims =>
  Object.fromEntries(Object.entries(claims).map(([name, value]) => [name, textOf(value)]));

const textOf = (value: unknown): string =>
  Array.isArray(value) ? `[${value.map(textOf).join(' ')}]` : value === null ? '<nil>' : String(value);

const callerOf = (claims: object) => readCaller(handedOver(claims), bearerOf(claims));

const token = (own: object) => ({ sub: 'ann', partner_id: 'demo', ...own });

function rolesOf(claim: unknown): readonly Role[] | undefined {
  const caller = callerOf(token({ roles: claim }));
  return caller && 'roles' in caller ? caller.roles : undefined;
}

describe('the roles of a token', () => {
  test.each([
    [['admin'], ['admin']],
    [
      ['admin', 'support'],
      ['admin', 'support'],
    ],
    [
      ['support', 'admin', 'admin'],
      ['admin', 'support'],
    ],
    ['admin', ['admin']],
    [['admin', 'offline_access', 'default-roles'], ['admin']],
    [['admin', 7, null, ['support'], { support: true }], ['admin']],
    [[], []],
    [['', ' '], []],
    ['', []],
    [7, []],
    [true, []],
    [null, []],
    [{ admin: true }, []],
  ])('%j give %j', (claim, expected) => {
    expect(rolesOf(claim)).toEqual(expected);
  });

  test.each([
    [['read only admin']],
    [['not,admin']],
    [['not admin', 'administrator', 'Admin', 'admin ', '[admin]', '"admin"']],
    [[['admin']]],
    ['read only admin'],
    ['not,admin'],
    ['admin support'],
    ['admin,support'],
    ['[admin]'],
    ['[admin support]'],
  ])('%j give no right, because no element is a role', (claim) => {
    expect(rolesOf(claim)).toEqual([]);
  });

  test('are exactly the elements that are roles, whatever the others contain', () => {
    const foreign = fc
      .tuple(fc.constantFrom(...roles), fc.constantFrom(' ', ',', ';', '] [', '\t', '_', '.'), fc.string())
      .map(([role, separator, text]) => `${text}${separator}${role}`);
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.constantFrom(...roles), foreign, fc.string())), (held) => {
        const expected = roles.filter((role) => role !== 'platform' && !role.startsWith('customer_'));
        expect(rolesOf(held)).toEqual(expected.filter((role) => held.includes(role)));
      }),
    );
  });

  test('are those of the verified claim: a token cannot add one', () => {
    const verified = handedOver(token({ roles: ['support'] }));
    expect(readCaller(verified, bearerOf(token({ roles: ['admin', 'support'] })))).toMatchObject({
      roles: ['support'],
    });
    expect(readCaller(handedOver(token({})), bearerOf(token({ roles: ['admin'] })))).toMatchObject({ roles: [] });
  });

  test.each([
    ['there is none', undefined],
    ['it is empty', ''],
    ['it is no JWT', 'Bearer abc'],
    ['its payload is no JSON', `Bearer e30.${Buffer.from('{').toString('base64url')}.x`],
    ['its payload is no object', `Bearer e30.${Buffer.from('null').toString('base64url')}.x`],
  ])('are none without a token to read them from: %s', (_what, header) => {
    expect(readCaller(handedOver(token({ roles: ['admin'] })), header)).toMatchObject({ roles: [] });
  });

  test('are optional, and absent roles give no rights', () => {
    expect(callerOf(token({}))).toEqual({ kind: 'partner', userId: 'ann', partnerId: 'demo', roles: [] });
  });
});

describe('the e-mail address of a token', () => {
  test('is that of the token, if present', () => {
    expect(callerOf(token({ email: 'ann@demo.example' }))).toMatchObject({ email: 'ann@demo.example' });
    expect(callerOf({ sub: 'root', roles: ['platform'], email: 'r@w.example' })).toEqual({
      kind: 'platform',
      userId: 'root',
      email: 'r@w.example',
    });
  });

  test.each([[''], ['ann'], [`${'a'.repeat(250)}@b.example`], [['a@b.example', 'c@d.example']], [7]])(
    'is not %j, which is not an address',
    (email) => {
      expect(callerOf(token({ email }))).not.toHaveProperty('email');
    },
  );
});

describe('the bearer of a token', () => {
  test('is a partner’s user', () => {
    expect(callerOf(token({ roles: ['admin'] }))).toEqual({
      kind: 'partner',
      userId: 'ann',
      partnerId: 'demo',
      roles: ['admin'],
    });
  });

  test('is a customer’s user when it names a customer', () => {
    expect(callerOf(token({ customer_id: 'cus_meadow', roles: ['customer_user', 'admin'] }))).toEqual({
      kind: 'customer',
      userId: 'ann',
      partnerId: 'demo',
      customerId: 'cus_meadow',
      roles: ['customer_user'],
    });
  });

  test('is the platform when it names no partner and has its role', () => {
    expect(callerOf({ sub: 'root', roles: ['platform'] })).toEqual({ kind: 'platform', userId: 'root' });
  });

  test('is refused without claims and without a partner', () => {
    expect(readCaller(undefined, undefined)).toBeUndefined();
    expect(callerOf({})).toBeUndefined();
    expect(callerOf({ sub: 'ann', roles: ['admin'] })).toBeUndefined();
  });

  test('is refused when its user or customer is too long or contains unpaired surrogates', () => {
    expect(callerOf(token({ sub: 'a'.repeat(255), roles: ['admin'] }))).toBeDefined();
    expect(callerOf(token({ sub: 'a'.repeat(256), roles: ['admin'] }))).toBeUndefined();
    for (const customerId of ['c'.repeat(101), 'c'.repeat(5000), 'cus_\ud800']) {
      expect(callerOf(token({ customer_id: customerId, roles: ['customer_user'] }))).toBeUndefined();
    }
  });

  test.each<[unknown]>([
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
  ])('is refused when its partner is %j, which is invalid, whatever its roles', (partnerId) => {
    expect(callerOf({ sub: 'ann', partner_id: partnerId, roles: ['admin', 'platform'] })).toBeUndefined();
  });
});
