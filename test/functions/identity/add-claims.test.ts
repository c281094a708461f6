import { describe, expect, test } from '@jest/globals';
import { claimsOf, type TokenEvent } from '../../../functions/identity/add-claims.ts';

const ofPerson = (request: TokenEvent['request']) =>
  claimsOf({ triggerSource: 'TokenGeneration_Authentication', request });
const ofMachine = (...scopes: string[]) =>
  claimsOf({ triggerSource: 'TokenGeneration_ClientCredentials', request: { scopes } });

describe('the claims of a user’s token', () => {
  test('name the partner, the roles and the e-mail address of the user', () => {
    expect(
      ofPerson({
        userAttributes: { sub: 'ada', email: 'ada@acme.net', 'custom:partner_id': 'acme' },
        groupConfiguration: { groupsToOverride: ['support', 'admin'] },
      }),
    ).toEqual({ partner_id: 'acme', roles: ['admin', 'support'], email: 'ada@acme.net' });
  });

  test('name the customer of a customer’s user', () => {
    expect(
      ofPerson({
        userAttributes: { 'custom:partner_id': 'acme', 'custom:customer_id': 'cus_1' },
        groupConfiguration: { groupsToOverride: ['customer_user'] },
      }),
    ).toEqual({ partner_id: 'acme', customer_id: 'cus_1', roles: ['customer_user'] });
  });

  test('give no right for a group that is not a role', () => {
    expect(ofPerson({ groupConfiguration: { groupsToOverride: ['everyone', 'admin '] } })).toEqual({ roles: [] });
    expect(ofPerson({})).toEqual({ roles: [] });
    expect(ofPerson({ userAttributes: { 'custom:partner_id': '' } })).toEqual({ roles: [] });
  });

  test('give no right for a scope, whatever the sign-in requested', () => {
    const scopes = ['openid', 'acme/admin'];
    expect(ofPerson({ scopes })).toEqual({ roles: [] });
    expect(
      ofPerson({
        scopes,
        userAttributes: { 'custom:partner_id': 'globex' },
        groupConfiguration: { groupsToOverride: ['billing'] },
      }),
    ).toEqual({ partner_id: 'globex', roles: ['billing'] });
  });
});

describe('the claims of a machine’s token', () => {
  test('are the partner and the roles of its scopes', () => {
    expect(ofMachine('acme/support', 'acme/admin')).toEqual({ partner_id: 'acme', roles: ['admin', 'support'] });
    expect(ofMachine('acme.net-1_x/billing')).toEqual({ partner_id: 'acme.net-1_x', roles: ['billing'] });
  });

  test('give no right for scopes of two partners', () => {
    expect(ofMachine('acme/admin', 'globex/billing')).toEqual({ roles: [] });
    expect(ofMachine('acme/admin', 'globex/nothing')).toEqual({ roles: [] });
  });

  test('give no right for a scope that is not a role of a partner', () => {
    for (const scope of [
      'openid',
      'acme/platform',
      'acme/customer_admin',
      'acme/Admin',
      'acme/admin/x',
      '/admin',
      '',
    ]) {
      expect(ofMachine(scope).roles).toEqual([]);
    }
    expect(ofMachine('openid', 'acme/admin')).toEqual({ partner_id: 'acme', roles: ['admin'] });
    expect(ofMachine()).toEqual({ roles: [] });
  });

  test('give no right for groups and attributes, which a machine does not have', () => {
    expect(
      claimsOf({
        triggerSource: 'TokenGeneration_ClientCredentials',
        request: {
          userAttributes: { 'custom:partner_id': 'acme' },
          groupConfiguration: { groupsToOverride: ['platform', 'admin'] },
        },
      }),
    ).toEqual({ roles: [] });
  });
});
