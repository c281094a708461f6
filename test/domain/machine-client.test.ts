import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { partnerRoles } from '../../domain/access.ts';
import { asId } from '../../domain/ids.ts';
import { grantOf, scopeOf } from '../../domain/machine-client.ts';

const partnerId = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/);

describe('the scopes of a partner’s system', () => {
  test('determine its partner and its roles, whatever other scopes are requested', () => {
    const others = fc.subarray(['openid', 'email', 'aws.cognito.signin.user.admin', 'a/b/c']);
    fc.assert(
      fc.property(partnerId, fc.subarray([...partnerRoles], { minLength: 1 }), others, (partner, roles, more) => {
        const scopes = [...more, ...roles.map((role) => scopeOf(asId('partner', partner), role))];
        expect(grantOf(scopes)).toEqual({ partnerId: partner, roles });
      }),
    );
  });

  test('of two partners give no rights', () => {
    fc.assert(
      fc.property(partnerId, partnerId, (one, other) => {
        fc.pre(one !== other);
        expect(
          grantOf([scopeOf(asId('partner', one), 'admin'), scopeOf(asId('partner', other), 'admin')]),
        ).toBeUndefined();
      }),
    );
  });

  test.each([[[]], [['openid']], [['/admin']], [['a b/admin']], [['acme/admin/more']]])('of nobody: %j', (scopes) => {
    expect(grantOf(scopes)).toBeUndefined();
  });
});
