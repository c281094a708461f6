import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isAllowed, type PartnerCaller, partnerRoles, type Right, rights } from '../../domain/access.ts';
import { asId } from '../../domain/ids.ts';
import {
  isReusable,
  rolesOfScopes,
  rotateSecretHash,
  type SecretHashes,
  scopeOf,
  validSecretHashes,
} from '../../domain/machine-client.ts';

const partnerId = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/).map((id) => asId('partner', id));
const someRoles = fc.subarray([...partnerRoles], { minLength: 1 });

describe('the roles of a client’s token', () => {
  test('are those of the requested scopes', () => {
    fc.assert(
      fc.property(partnerId, someRoles, fc.infiniteStream(fc.boolean()), (partner, roles, picks) => {
        const wanted = roles.filter(() => picks.next().value);
        const scopes = wanted.map((role) => scopeOf(partner, role)).reverse();
        expect(rolesOfScopes({ partnerId: partner, roles }, scopes)).toEqual(wanted.length === 0 ? roles : wanted);
      }),
    );
  });

  test.each([
    ['a role that the client lacks', 'acme/admin'],
    ['a role of another partner', 'globex/billing'],
    ['something else', 'openid'],
    ['an unknown role', 'acme/root'],
    ['a longer scope', 'acme/billing/more'],
  ])('are none for a scope of %s', (_, scope) => {
    expect(
      rolesOfScopes({ partnerId: asId('partner', 'acme'), roles: ['billing'] }, ['acme/billing', scope]),
    ).toBeUndefined();
  });
});

describe('a rotated secret', () => {
  const now = new Date('2026-03-02T10:00:00.000Z');
  const later = (hours: number) => new Date(now.getTime() + hours * 3_600_000);
  const rotated: SecretHashes = rotateSecretHash({ secretHash: 'first' }, 'second', now);

  test('leaves the previous one valid for a day', () => {
    expect(validSecretHashes({ secretHash: 'first' }, now)).toEqual(['first']);
    expect(validSecretHashes(rotated, later(23.9))).toEqual(['second', 'first']);
    expect(validSecretHashes(rotated, later(24))).toEqual(['second']);
  });

  test('ends the one before the previous at once', () => {
    const again = rotateSecretHash(rotated, 'third', later(1));
    expect(validSecretHashes(again, later(1))).toEqual(['third', 'second']);
  });
});

test('a token is repeated until its last hour', () => {
  expect(isReusable({ expiresAt: 10_000 }, 6_400)).toBe(true);
  expect(isReusable({ expiresAt: 10_000 }, 6_401)).toBe(false);
});

// Therefore an admin may give a client roles that they do not hold: it never has more rights than its creator.
test('an admin has every right of a partner’s other roles', () => {
  const caller = (role: (typeof partnerRoles)[number]): PartnerCaller => ({
    kind: 'partner',
    userId: 'u',
    partnerId: asId('partner', 'acme'),
    roles: [role],
  });
  const everyRight = Object.keys(rights).filter((name): name is Right => name in rights);
  for (const right of everyRight.filter((name) => partnerRoles.some((role) => isAllowed(caller(role), name)))) {
    expect([right, isAllowed(caller('admin'), right)]).toEqual([right, true]);
  }
});
