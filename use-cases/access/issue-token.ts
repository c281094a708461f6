import { hasHash, hashOfSecret } from '../../adapters/client-secrets.ts';
import { requestMachineToken } from '../../adapters/cognito/machine-tokens.ts';
import {
  type ClientCredentials,
  countNewToken,
  getCredentials,
  getToken,
  saveToken,
} from '../../adapters/dynamodb/machine-clients.ts';
import { openText, sealText } from '../../adapters/sealed-text.ts';
import type { ClientId } from '../../domain/ids.ts';
import {
  isReusable,
  MAX_NEW_TOKENS_PER_DAY,
  type MachineRole,
  rolesOfScopes,
  validSecretHashes,
} from '../../domain/machine-client.ts';
import { requireUserPool } from './require-user-pool.ts';

export type TokenRequest = { clientId: ClientId; secret: string; scopes: readonly string[] };

export type IssuedToken = { token: string; expiresInSeconds: number };

/** Why no token is issued: the first two are codes of OAuth 2.0 (RFC 6749, 5.2). */
export type TokenRefusal = 'invalid_client' | 'invalid_scope' | 'too_many';

/**
 * Issues a token to an API client (client credentials).
 *
 * 1. Checks the secret and the scopes.
 * 2. Repeats the token that was issued for the same secret and scopes, unless it expires soon: Cognito charges for each. The table
 *    has it sealed with the secret.
 * 3. Otherwise requests one from the user pool.
 *
 * @param now on the scaled clock, for the secret's validity. Tokens live in real time.
 * @throws Refusal `no_user_pool`
 */
export async function issueToken(
  { clientId, secret, scopes }: TokenRequest,
  now: Date,
): Promise<IssuedToken | TokenRefusal> {
  requireUserPool();
  const credentials = await getCredentials(clientId);
  if (!credentials || !hasHash(secret, validSecretHashes(credentials, now))) {
    return 'invalid_client';
  }
  const roles = rolesOfScopes(credentials, scopes);
  return roles ? reuseOrRequest({ ...credentials, roles }, secret) : 'invalid_scope';
}

async function reuseOrRequest(
  client: ClientCredentials & { roles: readonly MachineRole[] },
  secret: string,
): Promise<IssuedToken | TokenRefusal> {
  const use = hashOfSecret(`${secret} ${client.roles.join(' ')}`);
  const sealer = { key: secret, fingerprint: use };
  const stored = await getToken(client.id, use);
  if (stored && isReusable(stored, nowInSeconds())) {
    return { token: openText(stored.sealed, sealer), expiresInSeconds: stored.expiresAt - nowInSeconds() };
  }
  if ((await countNewToken(client.id, new Date())) > MAX_NEW_TOKENS_PER_DAY) {
    return 'too_many';
  }
  const issued = await requestMachineToken(client);
  await saveToken(client.id, use, {
    sealed: sealText(issued.token, sealer),
    expiresAt: nowInSeconds() + issued.expiresInSeconds,
  });
  return issued;
}

const nowInSeconds = () => Math.floor(Date.now() / 1000);
