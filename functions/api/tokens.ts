import * as z from 'zod/mini';
import { asId, type ClientId } from '../../domain/ids.ts';
import { TOKEN_PATH } from '../../domain/machine-client.ts';
import { issueToken, type TokenRefusal } from '../../use-cases/access/issue-token.ts';
import { createApiHandler } from '../http/create-api-handler.ts';
import { FORM, type RouteResponse, route } from '../http/route.ts';

/** An hour: when the limit of new tokens is reached, the client should keep the token that it has. */
const RETRY_AFTER_SECONDS = 3600;

/** The token endpoint for API clients: OAuth 2.0, client credentials (RFC 6749, 4.4). */
export const routes = [
  route({
    method: 'POST',
    path: TOKEN_PATH,
    operationId: 'requestToken',
    access: 'public',
    tag: 'Clients',
    summary: 'Request a token for an API client',
    // The document describes it as the token URL of a security scheme.
    undocumented: true,
    body: () => z.record(z.string(), z.string()),
    bodyType: FORM,
    answers: { 200: null },
    handle: async ({ headers, body, now }) => {
      const { grant_type: grant, scope = '' } = body;
      if (grant !== 'client_credentials') {
        return refused(grant === undefined ? 'invalid_request' : 'unsupported_grant_type');
      }
      const scopes = scope.split(' ').filter((scope) => scope !== '');
      const issued = await issueToken({ ...credentialsIn(headers.authorization, body), scopes }, now);
      return typeof issued === 'string'
        ? refused(issued)
        : answer(200, { access_token: issued.token, expires_in: issued.expiresInSeconds, token_type: 'Bearer' });
    },
  }),
];

/** The id and the secret of a client, in the header or in the form. */
function credentialsIn(
  authorization: string | undefined,
  form: Readonly<Record<string, string>>,
): { clientId: ClientId; secret: string } {
  const [, basic] = /^Basic +(\S+)$/i.exec(authorization ?? '') ?? [];
  if (basic === undefined) {
    const { client_id = '', client_secret = '' } = form;
    return { clientId: asId('client', client_id), secret: client_secret };
  }
  const [clientId = '', ...secret] = Buffer.from(basic, 'base64').toString('utf8').split(':');
  return { clientId: asId('client', clientId), secret: secret.join(':') };
}

/** OAuth errors have a form of their own, not that of problem documents. */
function refused(error: TokenRefusal | 'invalid_request' | 'unsupported_grant_type'): RouteResponse {
  return error === 'too_many'
    ? answer(429, { error: 'slow_down' }, { 'retry-after': String(RETRY_AFTER_SECONDS) })
    : answer(400, { error });
}

function answer(status: number, body: object, headers: Record<string, string> = {}): RouteResponse {
  return { status, body, headers: { 'cache-control': 'no-store', ...headers } };
}

export const handler = createApiHandler(routes);
