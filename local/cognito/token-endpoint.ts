import * as z from 'zod';
import type { AccessTokens } from './access-tokens.ts';
import { OAuthError } from './oauth-error.ts';
import type { Session, Sessions } from './sessions.ts';
import { type PoolClient, type PoolUser, secretsEqual, type UserPool } from './user-pool.ts';

const metadataSchema = z.record(z.string(), z.string());

/** Answers requests of tokens. */
export type TokenEndpoint = {
  /** @throws OAuthError */
  grant(form: URLSearchParams, authorization: string | undefined): Promise<object>;
  /** Revokes a refresh token. @throws OAuthError */
  revoke(form: URLSearchParams, authorization: string | undefined): object;
};

/**
 * The pool's token endpoint: `client_credentials` for machine clients, `authorization_code` and `refresh_token` for users.
 * https://docs.aws.amazon.com/cognito/latest/developerguide/token-endpoint.html
 */
export function tokenEndpoint(pool: UserPool, tokens: AccessTokens, sessions: Sessions): TokenEndpoint {
  async function forMachine(client: PoolClient, form: URLSearchParams): Promise<object> {
    if (!client.flows.includes('client_credentials')) {
      throw new OAuthError('unauthorized_client');
    }
    const requestedScopes = form.get('scope')?.split(' ').filter(Boolean) ?? [];
    if (requestedScopes.some((scope) => !client.scopes.includes(scope))) {
      throw new OAuthError('invalid_scope');
    }
    const scopes = requestedScopes.length > 0 ? requestedScopes : client.scopes;
    const access_token = await tokens.forClient(client, scopes, metadataIn(form));
    return { access_token, expires_in: client.tokenSeconds, token_type: 'Bearer' };
  }

  async function forCode(client: PoolClient, form: URLSearchParams): Promise<object> {
    const session = sessions.redeemCode(form.get('code') ?? '', {
      clientId: client.id,
      redirectUri: form.get('redirect_uri') ?? '',
      verifier: form.get('code_verifier') ?? '',
    });
    if (!session) {
      throw new OAuthError('invalid_grant');
    }
    const answer = await forSession(client, session, 'TokenGeneration_HostedAuth');
    return { ...answer, refresh_token: sessions.issueRefreshToken(session) };
  }

  async function forRefreshToken(client: PoolClient, form: URLSearchParams): Promise<object> {
    const session = sessions.sessionOf(form.get('refresh_token') ?? '', client.id);
    if (!session) {
      throw new OAuthError('invalid_grant');
    }
    return forSession(client, session, 'TokenGeneration_RefreshTokens');
  }

  async function forSession(client: PoolClient, session: Session, triggerSource: string): Promise<object> {
    const user = enabledUser(session.userId);
    const { scopes, nonce } = session;
    return {
      access_token: await tokens.forUser(user, client, { scopes, triggerSource }),
      ...(scopes.includes('openid') && { id_token: await tokens.idToken(user, client, nonce) }),
      expires_in: client.tokenSeconds,
      token_type: 'Bearer',
    };
  }

  function enabledUser(userId: string): PoolUser {
    const user = pool.users().find(({ id }) => id === userId);
    if (!user?.enabled) {
      throw new OAuthError('invalid_grant');
    }
    return user;
  }

  /** Authenticates the client by the header or by form parameters. Clients without a secret only identify themselves. */
  function authenticate(authorization: string | undefined, form: URLSearchParams): PoolClient {
    const [, basic] = /^Basic (.+)$/i.exec(authorization ?? '') ?? [];
    const [id = '', secret = ''] =
      basic === undefined
        ? [form.get('client_id') ?? '', form.get('client_secret') ?? '']
        : Buffer.from(basic, 'base64').toString().split(':');
    const client = pool.clients().find((candidate) => candidate.id === id);
    if (!client || !secretsEqual(client.secret ?? '', secret)) {
      throw new OAuthError('invalid_client');
    }
    return client;
  }

  return {
    async grant(form, authorization) {
      const client = authenticate(authorization, form);
      switch (form.get('grant_type')) {
        case 'client_credentials':
          return forMachine(client, form);
        case 'authorization_code':
          return forCode(client, form);
        case 'refresh_token':
          return forRefreshToken(client, form);
        case null:
          throw new OAuthError('invalid_request');
        default:
          throw new OAuthError('unsupported_grant_type');
      }
    },
    revoke(form, authorization) {
      authenticate(authorization, form);
      sessions.revoke(form.get('token') ?? '');
      return {};
    },
  };
}

/** The client's metadata for the function that adds claims. */
function metadataIn(form: URLSearchParams): Record<string, string> {
  try {
    return metadataSchema.parse(JSON.parse(form.get('aws_client_metadata') ?? '{}'));
  } catch {
    throw new OAuthError('invalid_request');
  }
}
