import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type AwsJsonServer, ServiceError, serveAwsJson } from '../../local/aws-json-server.ts';
import { userPoolTokens } from '../integration/acceptance/user-pool-tokens.ts';

/** As much of Cognito as a sign-in asks for: it keeps users, and its token says whose it is. */
type User = { attributes: Record<string, string>; groups: Set<string>; password?: string };
const users = new Map<string, User>();
let cognito: AwsJsonServer;

beforeAll(async () => {
  const userOf = (input: Readonly<Record<string, unknown>>): User => {
    const user = users.get(String(input.Username));
    if (!user) {
      throw new ServiceError('UserNotFoundException', 'User does not exist.');
    }
    return user;
  };
  cognito = await serveAwsJson({
    prefix: 'AWSCognitoIdentityProviderService',
    log: () => undefined,
    operations: {
      AdminCreateUser(input) {
        if (users.has(String(input.Username))) {
          throw new ServiceError('UsernameExistsException', 'User account already exists');
        }
        // Safe: the client asks so.
        const given = input.UserAttributes as { Name: string; Value: string }[];
        const attributes = Object.fromEntries(given.map(({ Name, Value }) => [Name, Value]));
        users.set(String(input.Username), { attributes, groups: new Set() });
        return { User: { Username: input.Username } };
      },
      AdminSetUserPassword(input) {
        userOf(input).password = String(input.Password);
        return {};
      },
      AdminAddUserToGroup(input) {
        userOf(input).groups.add(String(input.GroupName));
        return {};
      },
      AdminInitiateAuth(input) {
        // Safe: the client asks so.
        const { USERNAME, PASSWORD } = input.AuthParameters as { USERNAME: string; PASSWORD: string };
        const { attributes, groups, password } = userOf({ Username: USERNAME });
        return PASSWORD === password
          ? { AuthenticationResult: { AccessToken: JSON.stringify({ ...attributes, groups: [...groups] }) } }
          : { ChallengeName: 'NEW_PASSWORD_REQUIRED' };
      },
    },
  });
});
afterAll(() => cognito.stop());

describe('acceptance against a user pool', () => {
  test('gets the token of a user with the partner and the roles that are asked for, once', async () => {
    const tokens = userPoolTokens({ userPoolId: 'eu-west-2_abc', clientId: 'people', endpoint: cognito.url });
    const claims = { partnerId: 'acme', customerId: 'cus_1', roles: ['customer_user'] };
    const token = await tokens.tokenFor(claims);
    expect(JSON.parse(token)).toMatchObject({
      'custom:partner_id': 'acme',
      'custom:customer_id': 'cus_1',
      groups: ['customer_user'],
    });
    expect(await tokens.tokenFor(claims)).toBe(token);
    expect(await tokens.tokenFor({ ...claims, roles: ['customer_admin'] })).not.toBe(token);
    expect(users.size).toBe(2);
    tokens.stop();
  });

  test('signs in a user that an earlier run made', async () => {
    const again = userPoolTokens({ userPoolId: 'eu-west-2_abc', clientId: 'people', endpoint: cognito.url });
    const before = users.size;
    await again.tokenFor({ partnerId: 'acme', customerId: 'cus_1', roles: ['customer_user'] });
    expect(users.size).toBe(before);
    again.stop();
  });
});
