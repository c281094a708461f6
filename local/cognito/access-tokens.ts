import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { ServiceError } from '../aws-json-server.ts';
import type { Issuer } from '../issuer.ts';
import type { Functions } from '../lambda/functions.ts';
import { region } from '../template/identity.ts';
import type { UserPoolPart } from '../template/parts.ts';
import type { PoolClient, PoolUser } from './user-pool.ts';

const answerSchema = z.object({
  response: z.object({
    claimsAndScopeOverrideDetails: z
      .object({
        accessTokenGeneration: z
          .object({ claimsToAddOrOverride: z.record(z.string(), z.unknown()).nullish() })
          .nullish(),
      })
      .nullish(),
  }),
});

/** The scope of tokens that the API of the pool issues, and its event. */
const byApi = { scopes: ['aws.cognito.signin.user.admin'], triggerSource: 'TokenGeneration_Authentication' };

/** Issues tokens as the pool does: access tokens with the claims that its function adds and without an `aud`, and ID tokens. */
export type AccessTokens = {
  forUser(
    user: PoolUser,
    client: PoolClient,
    signIn?: { scopes: readonly string[]; triggerSource: string },
  ): Promise<string>;
  /** The ID token of a sign-in over the page, for the client itself. */
  idToken(user: PoolUser, client: PoolClient, nonce?: string): Promise<string>;
  forClient(client: PoolClient, scopes: readonly string[], metadata: Readonly<Record<string, string>>): Promise<string>;
};

/** https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-pre-token-generation.html */
export function accessTokens(
  part: UserPoolPart,
  { issuer, functions }: { issuer: Issuer; functions: Pick<Functions, 'invoke'> },
): AccessTokens {
  async function requestClaims(triggerSource: string, userName: string, clientId: string, request: object) {
    if (part.claimsFunctionArn === undefined) {
      return {};
    }
    const result = await functions.invoke(
      part.claimsFunctionArn,
      JSON.stringify({
        version: '3',
        triggerSource,
        region,
        userPoolId: part.id,
        userName,
        callerContext: { awsSdkVersion: 'local', clientId },
        request,
        response: { claimsAndScopeOverrideDetails: null },
      }),
    );
    if (!result.ok) {
      throw new ServiceError(
        'UserLambdaValidationException',
        `PreTokenGeneration failed with error ${result.error.errorMessage}.`,
      );
    }
    const { response } = answerSchema.parse(JSON.parse(result.payload));
    return response.claimsAndScopeOverrideDetails?.accessTokenGeneration?.claimsToAddOrOverride ?? {};
  }

  function sign(
    extraClaims: object,
    poolClaims: Readonly<Record<string, unknown>>,
    { tokenSeconds }: PoolClient,
  ): Promise<string> {
    const now = Math.floor(Date.now() / 1000);
    // The pool's own claims come last: the function cannot override them.
    return issuer.sign({
      ...extraClaims,
      ...poolClaims,
      iss: issuer.issuer,
      token_use: 'access',
      version: 2,
      auth_time: now,
      iat: now,
      exp: now + tokenSeconds,
      jti: randomUUID(),
    });
  }

  return {
    async forUser(user, client, { scopes, triggerSource } = byApi) {
      const extraClaims = await requestClaims(triggerSource, user.id, client.id, {
        userAttributes: { sub: user.id, 'cognito:user_status': user.status, ...user.attributes },
        groupConfiguration: { groupsToOverride: user.groups, iamRolesToOverride: [], preferredRole: null },
        scopes,
      });
      const poolClaims = {
        sub: user.id,
        username: user.id,
        client_id: client.id,
        scope: scopes.join(' '),
        'cognito:groups': user.groups,
      };
      return sign(extraClaims, poolClaims, client);
    },
    idToken(user, client, nonce) {
      const now = Math.floor(Date.now() / 1000);
      const { email } = user.attributes;
      return issuer.sign({
        iss: issuer.issuer,
        aud: client.id,
        sub: user.id,
        'cognito:username': user.id,
        'cognito:groups': user.groups,
        ...(email !== undefined && { email }),
        ...(nonce !== undefined && { nonce }),
        token_use: 'id',
        auth_time: now,
        iat: now,
        exp: now + client.tokenSeconds,
        jti: randomUUID(),
      });
    },
    async forClient(client, scopes, clientMetadata) {
      const extraClaims = await requestClaims('TokenGeneration_ClientCredentials', client.id, client.id, {
        userAttributes: null,
        groupConfiguration: null,
        scopes,
        clientMetadata,
      });
      return sign(extraClaims, { sub: client.id, client_id: client.id, scope: scopes.join(' ') }, client);
    },
  };
}
