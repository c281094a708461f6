import { createHash, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { listenLocally } from '../../../local/listen.ts';

/** An OpenID Connect issuer with one user: discovery, authorization code flow with PKCE, refresh tokens, and sign-out. */
export type TestIssuer = {
  url: string;
  /** The access tokens that it has issued, oldest first. */
  issued: readonly string[];
  stop(): Promise<void>;
};

type Grant = { challenge: string; redirectUri: string };

/** A console renews a token a minute before it expires: this one after a few seconds. */
const TOKEN_LIFETIME_S = 65;

const SESSION = 'session=1';

/** @param claims the claims of the user's access tokens */
export async function startTestIssuer({
  clientId,
  audience,
  claims,
}: {
  clientId: string;
  audience: string;
  claims: Readonly<Record<string, unknown>>;
}): Promise<TestIssuer> {
  const { privateKey, publicKey } = await generateKeyPair('RS256');
  const jwk = { ...(await exportJWK(publicKey)), kid: 'test', alg: 'RS256', use: 'sig' };
  const issued: string[] = [];
  const codes = new Map<string, Grant>();
  const refreshTokens = new Set<string>();
  let url = '';

  const sign = (payload: Readonly<Record<string, unknown>>, aud: string) =>
    new SignJWT({ ...payload, jti: randomUUID() })
      .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: jwk.kid })
      .setIssuer(url)
      .setAudience(aud)
      .setSubject('external|ada')
      .setIssuedAt()
      .setExpirationTime(`${TOKEN_LIFETIME_S}s`)
      .sign(privateKey);

  async function tokens(response: ServerResponse): Promise<void> {
    const refreshToken = randomUUID();
    refreshTokens.add(refreshToken);
    const accessToken = await sign(claims, audience);
    issued.push(accessToken);
    json(response, 200, {
      access_token: accessToken,
      id_token: await sign({}, clientId),
      refresh_token: refreshToken,
      token_type: 'Bearer',
      expires_in: TOKEN_LIFETIME_S,
    });
  }

  function authorize(query: URLSearchParams, hasSession: boolean, response: ServerResponse): void {
    const redirectUri = query.get('redirect_uri') ?? '';
    const challenge = query.get('code_challenge') ?? '';
    const isValid = query.get('client_id') === clientId && query.get('code_challenge_method') === 'S256';
    if (!isValid || challenge === '' || query.get('response_type') !== 'code') {
      json(response, 400, { error: 'invalid_request' });
    } else if (hasSession || query.has('signed-in')) {
      const code = randomUUID();
      codes.set(code, { challenge, redirectUri });
      redirect(response, redirectUri, { code, state: query.get('state') ?? '' }, `${SESSION}; HttpOnly; SameSite=Lax`);
    } else {
      query.set('signed-in', '');
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
      response.end(`<!doctype html><html lang="en"><title>Sign in</title><h1>Another issuer</h1>
        <a href="/authorize?${query.toString().replaceAll('&', '&amp;')}">Continue as Ada</a></html>`);
    }
  }

  async function exchange(form: URLSearchParams, response: ServerResponse): Promise<void> {
    if (form.get('grant_type') === 'refresh_token' && refreshTokens.delete(form.get('refresh_token') ?? '')) {
      return tokens(response);
    }
    const grant = codes.get(form.get('code') ?? '');
    codes.delete(form.get('code') ?? '');
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    if (grant && grant.challenge === challenge && grant.redirectUri === form.get('redirect_uri')) {
      return tokens(response);
    }
    json(response, 400, { error: 'invalid_grant' });
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', url);
    // The console is on another origin.
    response.setHeader('access-control-allow-origin', '*');
    if (pathname === '/.well-known/openid-configuration') {
      return json(response, 200, {
        issuer: url,
        authorization_endpoint: `${url}/authorize`,
        token_endpoint: `${url}/token`,
        jwks_uri: `${url}/keys`,
        end_session_endpoint: `${url}/sign-out`,
      });
    }
    if (pathname === '/keys') {
      return json(response, 200, { keys: [jwk] });
    }
    if (pathname === '/authorize') {
      return authorize(searchParams, request.headers.cookie?.includes(SESSION) === true, response);
    }
    if (pathname === '/token' && request.method === 'POST') {
      return exchange(new URLSearchParams(await text(request)), response);
    }
    if (pathname === '/sign-out') {
      return redirect(response, searchParams.get('post_logout_redirect_uri') ?? '', {}, 'session=; Max-Age=0');
    }
    response.writeHead(204).end();
  }

  const server = await listenLocally(
    createServer((request, response) => void answer(request, response).catch(() => response.destroy())),
  );
  url = server.url;
  return { url, issued, stop: async () => void (await server.stop()) };
}

function redirect(response: ServerResponse, to: string, query: Readonly<Record<string, string>>, cookie: string): void {
  const location = new URL(to);
  for (const [name, value] of Object.entries(query)) {
    location.searchParams.set(name, value);
  }
  response.writeHead(302, { location: location.href, 'set-cookie': cookie }).end();
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
