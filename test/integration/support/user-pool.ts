import { randomBytes } from 'node:crypto';
import type * as z from 'zod';
import type { machineClientSchema, newMachineClientSchema } from '../../../contract/machine-client.ts';
import type { userSchema } from '../../../contract/user.ts';
import type { ApiResponse } from './api-client.ts';
import type { CloudUnderTest } from './local-cloud.ts';

export type User = z.infer<typeof userSchema>;
export type Client = z.infer<typeof machineClientSchema>;
export type NewClient = z.infer<typeof newMachineClientSchema>;

/** The user pool of a local cloud, for users who sign in and for machine clients. */
export type UserPoolUnderTest = {
  /** Calls the local Cognito without the SDK, whose client takes seconds to load in each test context. */
  ask<T>(operation: string, input: object): Promise<ApiResponse<T>>;
  /** The token of a user who has set a password. Involves no e-mail. */
  signIn(email: string): Promise<string>;
  /** The answer of the token endpoint to a machine client. */
  tokenOf(client: MachineSignIn): Promise<ApiResponse<{ access_token: string; expires_in: number; error?: string }>>;
};

export type MachineSignIn = Pick<NewClient, 'id' | 'secret' | 'tokenUrl'> & {
  /** How the client authenticates. Default: the header. */
  by?: 'header' | 'form';
  scope?: string;
  grant?: string;
};

export function userPoolOf(cloud: CloudUnderTest): UserPoolUnderTest {
  const ask: UserPoolUnderTest['ask'] = async (operation, input) => {
    const { endpoints, parts } = cloud.cloud();
    const response = await fetch(endpoints.cognito ?? '', {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': `AWSCognitoIdentityProviderService.${operation}`,
      },
      body: JSON.stringify({ UserPoolId: parts.userPools[0]?.id, ...input }),
    });
    return answerOf(response);
  };

  return {
    ask,
    async signIn(Username) {
      const Password = `Aa1-${randomBytes(12).toString('base64url')}`;
      await ask('AdminSetUserPassword', { Username, Password, Permanent: true });
      const { body } = await ask<{ AuthenticationResult: { AccessToken: string } }>('AdminInitiateAuth', {
        ClientId: cloud.cloud().parts.userPools[0]?.clients[0]?.id,
        AuthFlow: 'ADMIN_USER_PASSWORD_AUTH',
        AuthParameters: { USERNAME: Username, PASSWORD: Password },
      });
      return body.AuthenticationResult.AccessToken;
    },
    async tokenOf({ id, secret, tokenUrl, by = 'header', scope, grant = 'client_credentials' }) {
      const response = await fetch(tokenUrl, {
        method: 'POST',
        headers: by === 'header' ? { authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` } : {},
        body: new URLSearchParams({
          grant_type: grant,
          ...(by === 'form' && { client_id: id, client_secret: secret }),
          ...(scope !== undefined && { scope }),
        }),
      });
      return answerOf(response);
    },
  };
}

async function answerOf<T>(response: Response): Promise<ApiResponse<T>> {
  // Safe: tests check the body.
  return { status: response.status, body: (await response.json()) as T, headers: response.headers };
}
