import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { domainPaths } from '../../adapters/cognito/sign-in-page.ts';
import { type LocalServer, listenLocally } from '../listen.ts';
import type { Log } from '../log.ts';
import type { AccessTokens } from './access-tokens.ts';
import { chooseUser, readSignInRequest, signOutUrl, urlWithCode } from './authorize.ts';
import { OAuthError } from './oauth-error.ts';
import type { Sessions } from './sessions.ts';
import { signInPage, signInPageHeaders } from './sign-in-page.ts';
import { nextOnPage, type PageStep } from './sign-in-steps.ts';
import type { SignIns } from './sign-ins.ts';
import { tokenEndpoint } from './token-endpoint.ts';
import type { UserPool } from './user-pool.ts';

type Answer = { status: number; headers?: Readonly<Record<string, string>>; body?: string };

/**
 * Serves the domain of a pool: the sign-in page with the authorization code flow and PKCE, the token endpoint, and sign-out. The
 * flow is that of Cognito's managed login; the page also offers each user without a password.
 */
export async function serveDomain({
  pool,
  tokens,
  sessions,
  signIns,
  log,
  beforeSignIn,
}: {
  pool: UserPool;
  tokens: AccessTokens;
  sessions: Sessions;
  signIns: SignIns;
  log: Log;
  /** Runs before the page shows the users. */
  beforeSignIn: () => Promise<void>;
}): Promise<LocalServer> {
  const endpoint = tokenEndpoint(pool, tokens, sessions);

  async function answer(request: IncomingMessage): Promise<Answer> {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://domain.invalid');
    const { authorization } = request.headers;
    switch (`${request.method} ${pathname}`) {
      case `GET ${domainPaths.authorize}`:
        return showSignIn(searchParams);
      case `POST ${domainPaths.authorize}`:
        return continueSignIn(await formOf(request));
      case `POST ${domainPaths.token}`:
        return json(200, await endpoint.grant(await formOf(request), authorization));
      case `POST ${domainPaths.revoke}`:
        return json(200, endpoint.revoke(await formOf(request), authorization));
      case `GET ${domainPaths.signOut}`:
        return redirectTo(signOutUrl(pool, searchParams));
      case `OPTIONS ${domainPaths.token}`:
      case `OPTIONS ${domainPaths.revoke}`:
        return { status: 204 };
      default:
        return json(404, { error: 'not_found' });
    }
  }

  async function showSignIn(query: URLSearchParams): Promise<Answer> {
    const request = readSignInRequest(pool, query);
    if ('refusedWith' in request) {
      return redirectTo(request.refusedWith);
    }
    await beforeSignIn();
    return show({ asksFor: 'user' }, query);
  }

  async function continueSignIn(form: URLSearchParams): Promise<Answer> {
    const request = readSignInRequest(pool, form);
    if ('refusedWith' in request) {
      return redirectTo(request.refusedWith);
    }
    const userId = form.get('user');
    if (userId !== null) {
      await chooseUser(userId, pool);
      return redirectTo(urlWithCode(userId, request, sessions));
    }
    const step = await nextOnPage(form, signIns);
    return 'userId' in step ? redirectTo(urlWithCode(step.userId, request, sessions)) : show(step, form);
  }

  function show(step: PageStep, request: URLSearchParams): Answer {
    const nonce = randomBytes(16).toString('base64url');
    return { status: 200, headers: signInPageHeaders(nonce), body: signInPage(step, { pool, request, nonce }) };
  }

  const server = createServer((request, response) => {
    const send = ({ status, headers, body }: Answer) =>
      // As on Cognito, applications of any origin may request tokens: a token needs the code and its verifier.
      response.writeHead(status, { ...corsHeaders, ...headers }).end(body);
    answer(request).then(send, (error: unknown) => {
      if (error instanceof OAuthError) {
        send(json(400, { error: error.message }));
      } else {
        log(`The pool's domain failed: ${String(error)}`);
        send(json(500, { error: 'server_error' }));
      }
    });
  });
  return listenLocally(server);
}

const corsHeaders = { 'access-control-allow-origin': '*', 'access-control-allow-headers': '*' };

/** @throws OAuthError when the body is not a form */
async function formOf(request: IncomingMessage): Promise<URLSearchParams> {
  if (!/^application\/x-www-form-urlencoded\b/.test(request.headers['content-type'] ?? '')) {
    throw new OAuthError('invalid_request');
  }
  return new URLSearchParams(await text(request));
}

function json(status: number, body: object): Answer {
  return {
    status,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
    body: JSON.stringify(body),
  };
}

/** 303: the browser continues with GET. */
function redirectTo(url: URL): Answer {
  return { status: 303, headers: { location: url.href, 'cache-control': 'no-store' } };
}
