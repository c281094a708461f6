import { createHash, randomBytes } from 'node:crypto';
import {
  AdminAddUserToGroupCommand,
  AdminCreateUserCommand,
  AdminInitiateAuthCommand,
  AdminSetUserPasswordCommand,
  CognitoIdentityProviderClient,
  UsernameExistsException,
} from '@aws-sdk/client-cognito-identity-provider';
import { attributes, custom } from '../../../adapters/cognito/attributes.ts';

/** Whose token is asked for. */
export type UserClaims = { partnerId?: string | undefined; customerId?: string | undefined; roles: readonly string[] };

/**
 * Tokens of a user pool, for users who are made when they are first asked for: one for each set of claims, with a password
 * that nobody keeps. A token is asked for once and holds for an hour, longer than any run.
 */
export function userPoolTokens(pool: { userPoolId: string; clientId: string; endpoint?: string }) {
  const client = new CognitoIdentityProviderClient(
    pool.endpoint === undefined
      ? { region: pool.userPoolId.split('_')[0] ?? '' }
      : {
          endpoint: pool.endpoint,
          region: 'eu-west-2',
          credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
        },
  );
  const tokens = new Map<string, Promise<string>>();

  async function signIn({ partnerId, customerId, roles }: UserClaims): Promise<string> {
    const known = createHash('sha256')
      .update(JSON.stringify([partnerId, customerId, roles]))
      .digest('hex');
    const Username = `acceptance-${known.slice(0, 16)}@example.com`;
    const user = { UserPoolId: pool.userPoolId, Username };
    const of = (name: string, Value: string | undefined) => (Value === undefined ? [] : [{ Name: name, Value }]);
    try {
      await client.send(
        new AdminCreateUserCommand({
          ...user,
          MessageAction: 'SUPPRESS',
          UserAttributes: [
            { Name: 'email', Value: Username },
            { Name: 'email_verified', Value: 'true' },
            ...of(custom(attributes.partnerId), partnerId),
            ...of(custom(attributes.customerId), customerId),
          ],
        }),
      );
    } catch (error) {
      if (!(error instanceof UsernameExistsException)) {
        throw error;
      }
    }
    const password = `Aa1-${randomBytes(24).toString('base64url')}`;
    await client.send(new AdminSetUserPasswordCommand({ ...user, Password: password, Permanent: true }));
    for (const GroupName of roles) {
      await client.send(new AdminAddUserToGroupCommand({ ...user, GroupName }));
    }
    const { AuthenticationResult } = await client.send(
      new AdminInitiateAuthCommand({
        UserPoolId: pool.userPoolId,
        ClientId: pool.clientId,
        AuthFlow: 'ADMIN_USER_PASSWORD_AUTH',
        AuthParameters: { USERNAME: Username, PASSWORD: password },
      }),
    );
    if (!AuthenticationResult?.AccessToken) {
      throw new Error(`${Username} gets no token: the user pool asks for more than a password.`);
    }
    return AuthenticationResult.AccessToken;
  }

  return {
    tokenFor(claims: UserClaims): Promise<string> {
      const key = JSON.stringify(claims);
      const token = tokens.get(key) ?? signIn(claims);
      tokens.set(key, token);
      return token;
    },
    stop: () => client.destroy(),
  };
}
