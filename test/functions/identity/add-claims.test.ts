import { describe, expect, test } from '@jest/globals';
import { claimsOf } from '../../../functions/identity/add-claims.ts';

describe('the claims of a token', () => {
  test('say whose the user is, and which roles he has', () => {
    expect(
      claimsOf({
        userAttributes: { sub: 'ada', email: 'ada@acme.net', 'custom:partner_id': 'acme' },
        groupConfiguration: { groupsToOverride: ['support', 'admin'] },
      }),
    ).toEqual({ partner_id: 'acme', roles: ['admin', 'support'] });
  });

  test('name the customer of a user who is one of a customer', () => {
    expect(
      claimsOf({
        userAttributes: { 'custom:partner_id': 'acme', 'custom:customer_id': 'cus_1' },
        groupConfiguration: { groupsToOverride: ['customer_user'] },
      }),
    ).toEqual({ partner_id: 'acme', customer_id: 'cus_1', roles: ['customer_user'] });
  });

  test('give no right by a group that is no role, nor to a client that nobody is behind', () => {
    expect(claimsOf({ groupConfiguration: { groupsToOverride: ['everyone', 'admin '] } })).toEqual({ roles: [] });
    expect(claimsOf({})).toEqual({ roles: [] });
    expect(claimsOf({ userAttributes: { 'custom:partner_id': '' } })).toEqual({ roles: [] });
  });
});
