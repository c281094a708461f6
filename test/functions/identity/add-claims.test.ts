import { describe, expect, test } from '@jest/globals';
import { claimsOf, type TokenEvent } from '../../../functions/identity/add-claims.ts';

const ofPerson = (request: TokenEvent['request']) =>
  claimsOf({ triggerSource: 'TokenGeneration_Authentication', request });
const ofMachine = (clientMetadata: Record<string, string>) =>
  claimsOf({ triggerSource: 'TokenGeneration_ClientCredentials', request: { clientMetadata } });

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

  test('give no right for metadata, whatever the sign-in sent', () => {
    const clientMetadata = { client_id: 'cli_1', partner_id: 'acme', roles: 'admin' };
    expect(ofPerson({ clientMetadata })).toEqual({ roles: [] });
    expect(
      ofPerson({
        clientMetadata,
        userAttributes: { 'custom:partner_id': 'globex' },
        groupConfiguration: { groupsToOverride: ['billing'] },
      }),
    ).toEqual({ partner_id: 'globex', roles: ['billing'] });
  });
});

describe('the claims of a machine’s token', () => {
  test('are the partner, the roles and the id of its API client', () => {
    expect(ofMachine({ client_id: 'cli_1', partner_id: 'acme', roles: 'support admin' })).toEqual({
      partner_id: 'acme',
      roles: ['admin', 'support'],
      api_client_id: 'cli_1',
    });
  });

  test('give no right for a role that is not a partner’s', () => {
    for (const roles of ['platform', 'customer_admin', 'Admin', 'admin,support', 'adminsupport', '']) {
      expect(ofMachine({ client_id: 'cli_1', partner_id: 'acme', roles }).roles).toEqual([]);
    }
  });

  test('give no right without a client and a partner', () => {
    expect(ofMachine({})).toEqual({ roles: [] });
    expect(ofMachine({ partner_id: 'acme', roles: 'admin' })).toEqual({ roles: [] });
    expect(ofMachine({ client_id: 'cli_1', roles: 'admin' })).toEqual({ roles: [] });
    expect(ofMachine({ client_id: 'cli_1', partner_id: 'a b', roles: 'admin' })).toEqual({ roles: [] });
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
