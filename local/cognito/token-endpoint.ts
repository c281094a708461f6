import { createServer, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import * as z from 'zod';
import { type LocalServer, listenLocally } from '../listen.ts';
import type { Log } from '../log.ts';
import type { AccessTokens } from './access-tokens.ts';
import { type PoolClient, secretsEqual, type UserPool } from './user-pool.ts';

const metadataSchema = z.record(z.string(), z.string());

const TOKEN_PATH = '/oauth2/token';

/** An OAuth 2.0 error; the message is its code (RFC 6749, 5.2). */
class OAuthError extends Error {}

/**
 * Serves the pool's token endpoint for machine clients: the grant `client_credentials`.
 * https://docs.aws.amazon.com/cognito/latest/developerguide/token-endpoint.html
 *
 * @returns the server; its URL is that of the endpoint itself
 */
export async function serveTokenEndpoint(pool: UserPool, tokens: AccessTokens, log: Log): Promise<LocalServer> {
  async function answer(request: IncomingMessage): Promise<object> {
    const isForm = /^application\/x-www-form-urlencoded\b/.test(request.headers['content-type'] ?? '');
    if (request.url !== TOKEN_PATH || request.method !== 'POST' || !isForm) {
      throw new OAuthError('invalid_request');
    }
    const form = new URLSearchParams(await text(request));
    const client = authenticate(request.headers.authorization, form);
    const grant = form.get('grant_type');
    if (grant !== 'client_credentials') {
      throw new OAuthError(grant === null ? 'invalid_request' : 'unsupported_grant_type');
    }
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

  /** What the function that adds claims gets from the client. */
  function metadataIn(form: URLSearchParams): Record<string, string> {
    try {
      return metadataSchema.parse(JSON.parse(form.get('aws_client_metadata') ?? '{}'));
    } catch {
      throw new OAuthError('invalid_request');
    }
  }

  /** Authenticates the client by the header or by form parameters. */
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

  const server = createServer((request, response) => {
    const send = (status: number, body: object) =>
      response
        .writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
        .end(JSON.stringify(body));
    answer(request).then(
      (body) => send(200, body),
      (error: unknown) => {
        if (error instanceof OAuthError) {
          send(400, { error: error.message });
        } else {
          log(`The token endpoint failed: ${String(error)}`);
          send(500, { error: 'server_error' });
        }
      },
    );
  });
  const { url, stop } = await listenLocally(server);
  return { url: url + TOKEN_PATH, stop };
}
