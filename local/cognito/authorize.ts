import { OAuthError } from './oauth-error.ts';
import type { Sessions } from './sessions.ts';
import type { PoolClient, UserPool } from './user-pool.ts';

/** A valid request of a client to sign a user in. */
export type SignInRequest = {
  client: PoolClient;
  redirectUri: string;
  scopes: readonly string[];
  challenge: string;
  state?: string | undefined;
  nonce?: string | undefined;
};

/**
 * Checks a request of the authorization code flow with PKCE (RFC 6749, RFC 7636). PKCE is mandatory here.
 *
 * @throws OAuthError when the client or its redirect URI is invalid, and the user must not be sent there
 */
export function readSignInRequest(pool: UserPool, query: URLSearchParams): SignInRequest | { refusedWith: URL } {
  const client = pool.clients().find(({ id }) => id === query.get('client_id'));
  const redirectUri = query.get('redirect_uri') ?? '';
  if (!client) {
    throw new OAuthError('invalid_client');
  }
  if (!isCallback(client, redirectUri)) {
    throw new OAuthError('redirect_mismatch');
  }
  const state = query.get('state') ?? undefined;
  const refuse = (error: string) => ({ refusedWith: withParameters(redirectUri, { error, state }) });
  const scopes = query.get('scope')?.split(' ').filter(Boolean) ?? client.scopes;
  const challenge = query.get('code_challenge');
  if (query.get('response_type') !== 'code') {
    return refuse('unsupported_response_type');
  }
  if (!client.flows.includes('code')) {
    return refuse('unauthorized_client');
  }
  if (!challenge || query.get('code_challenge_method') !== 'S256') {
    return refuse('invalid_request');
  }
  if (scopes.some((scope) => !client.scopes.includes(scope))) {
    return refuse('invalid_scope');
  }
  return { client, redirectUri, scopes, challenge, state, nonce: query.get('nonce') ?? undefined };
}

/** Signs a user in without a password. @throws OAuthError when the user may not sign in */
export async function chooseUser(userId: string, pool: UserPool): Promise<void> {
  const user = pool.users().find(({ id, enabled }) => enabled && id === userId);
  if (!user) {
    throw new OAuthError('access_denied');
  }
  if (user.status !== 'CONFIRMED') {
    // As if the user had replaced the temporary password of the invitation, by one that nobody knows.
    await pool.changeUser(userId, () => ({ status: 'CONFIRMED', passwordHash: undefined }));
  }
}

/** The URL at which the client receives the code of a user who has signed in. */
export function urlWithCode(
  userId: string,
  { client, redirectUri, scopes, challenge, state, nonce }: SignInRequest,
  sessions: Sessions,
): URL {
  const code = sessions.issueCode({ userId, clientId: client.id, scopes, nonce }, { redirectUri, challenge });
  return withParameters(redirectUri, { code, state });
}

/** The URL to which a user returns after signing out. @throws OAuthError when it is not the client's */
export function signOutUrl(pool: UserPool, query: URLSearchParams): URL {
  const client = pool.clients().find(({ id }) => id === query.get('client_id'));
  const target = query.get('logout_uri') ?? '';
  if (!client) {
    throw new OAuthError('invalid_client');
  }
  if (!isCallback(client, target)) {
    throw new OAuthError('redirect_mismatch');
  }
  return new URL(target);
}

/** A callback of the template, or any address of this machine: the ports of local clouds are not known in advance. */
function isCallback({ callbackUrls }: PoolClient, uri: string): boolean {
  const isLocal = URL.canParse(uri) && ['localhost', '127.0.0.1', '[::1]'].includes(new URL(uri).hostname);
  return callbackUrls.includes(uri) || (isLocal && new URL(uri).protocol === 'http:');
}

function withParameters(uri: string, parameters: Readonly<Record<string, string | undefined>>): URL {
  const url = new URL(uri);
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined) {
      url.searchParams.set(name, value);
    }
  }
  return url;
}
