import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { USER_CLIENT_NAME } from '../../../adapters/cognito/sign-in-page.ts';
import { cognito as client } from '../../../adapters/cognito/user-pool.ts';
import { claimsOf } from '../../../functions/identity/add-claims.ts';
import { openClock } from '../../../local/clock.ts';
import { serveCognito } from '../../../local/cognito/service.ts';
import { openIssuer } from '../../../local/issuer.ts';
import type { UserPoolPart } from '../../../local/template/parts.ts';

/**
 * A user pool by itself, without the rest of a local cloud: with people's client, and the function for claims. It is the one that
 * adapters ask, until it is stopped.
 */
export async function localUserPool({
  groups,
  realNow,
  ...settings
}: {
  groups: string[];
  realNow?: () => number;
} & Partial<Pick<UserPoolPart, 'secondFactor' | 'messageFunctionArn'>>) {
  const userPoolId = 'eu-west-2_abc';
  const machineClient = {
    id: 'machines',
    name: 'Machines',
    flows: ['client_credentials'],
    scopes: ['api/machine'],
    callbackUrls: [],
    authFlows: [],
    hasSecret: true,
    tokenSeconds: 7200,
  };
  const folder = await mkdtemp(path.join(tmpdir(), 'user-pool-'));
  const clock = await openClock({ dayMs: 1000, folder, isPersistent: false });
  const issuer = await openIssuer({ folder, issuer: 'http://local.example', audience: 'people' });
  const cognito = await serveCognito(
    {
      id: userPoolId,
      arn: `arn:aws:cognito-idp:eu-west-2:000000000000:userpool/${userPoolId}`,
      attributes: ['email', 'email_verified', 'custom:partner_id', 'custom:customer_id'],
      groups,
      clients: [
        {
          id: 'people',
          name: USER_CLIENT_NAME,
          flows: ['code'],
          scopes: ['openid', 'email'],
          callbackUrls: ['http://localhost:8976/callback'],
          authFlows: ['ALLOW_ADMIN_USER_PASSWORD_AUTH'],
          hasSecret: false,
          tokenSeconds: 3600,
        },
        machineClient,
      ],
      claimsFunctionArn: 'arn:claims',
      secondFactor: 'OPTIONAL',
      passwordPolicy: {
        minLength: 16,
        required: ['lowercase', 'uppercase', 'numeric', 'symbol'],
        remembered: 10,
        temporaryDays: 1,
      },
      ...settings,
    },
    { issuer, clock, folder, log: () => undefined, ...(realNow && { realNow }) },
  );
  cognito.connect({
    invoke: async (_arn, event) => {
      const accessTokenGeneration = { claimsToAddOrOverride: claimsOf(JSON.parse(event)) };
      const response = { claimsAndScopeOverrideDetails: { accessTokenGeneration } };
      return { ok: true, payload: JSON.stringify({ response }), requestId: '' };
    },
  });
  Object.assign(process.env, {
    USER_POOL_ID: userPoolId,
    MACHINE_CLIENT_ID: machineClient.id,
    TOKEN_URL: cognito.tokenUrl,
    AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: cognito.url,
    AWS_REGION: 'eu-west-2',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
  });
  return {
    userPoolId,
    clientId: 'people',
    machineClientId: machineClient.id,
    replaceMachineSecret: () => cognito.replaceSecret(machineClient.id),
    endpoint: cognito.url,
    domain: cognito.domainUrl,
    /** Calls an operation of the pool without the SDK. */
    async ask<Answer>(operation: string, input: object): Promise<Answer> {
      const response = await fetch(cognito.url, {
        method: 'POST',
        headers: {
          'content-type': 'application/x-amz-json-1.1',
          'x-amz-target': `AWSCognitoIdentityProviderService.${operation}`,
        },
        body: JSON.stringify({ UserPoolId: userPoolId, ...input }),
      });
      // Safe: tests check the body.
      return (await response.json()) as Answer;
    },
    sentEmails: cognito.sentEmails,
    async stop() {
      client().destroy();
      await cognito.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
