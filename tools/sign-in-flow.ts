import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import * as z from 'zod';
import { domainPaths } from '../adapters/cognito/sign-in-page.ts';

const answerSchema = z.object({ access_token: z.string(), expires_in: z.number() });

export type SignedIn = { accessToken: string; expiresInSeconds: number };

/**
 * Signs a user in: OAuth 2.0 authorization code flow with PKCE (RFC 7636), as a native app does (RFC 8252).
 *
 * 1. Listens at the callback URL, on this machine.
 * 2. Passes the sign-in page's URL to `open`, for the user's browser.
 * 3. Receives the code from the browser and exchanges it for a token.
 *
 * @param authorizeUrl the output `AuthorizeUrl` of the identity stack. It names the client and the callback.
 * @throws Error when the sign-in fails or takes longer than `timeoutMs`.
 */
export async function signIn(
  authorizeUrl: string,
  { open, timeoutMs }: { open: (url: string) => void; timeoutMs: number },
): Promise<SignedIn> {
  const page = new URL(authorizeUrl);
  const clientId = page.searchParams.get('client_id');
  const callback = page.searchParams.get('redirect_uri');
  if (clientId === null || callback === null || !isOnThisMachine(callback)) {
    throw new Error('The URL needs a client_id, and a redirect_uri on localhost.');
  }
  const verifier = randomBytes(32).toString('base64url');
  const state = randomBytes(16).toString('base64url');
  page.searchParams.set('state', state);
  page.searchParams.set('code_challenge', createHash('sha256').update(verifier).digest('base64url'));
  page.searchParams.set('code_challenge_method', 'S256');

  const code = await codeFromBrowser(new URL(callback), { state, timeoutMs, ready: () => open(page.href) });
  const response = await fetch(new URL(domainPaths.token, page), {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      client_id: clientId,
      code,
      redirect_uri: callback,
      code_verifier: verifier,
    }),
  });
  if (!response.ok) {
    throw new Error(`The token endpoint returned ${response.status}: ${await response.text()}`);
  }
  const answer = answerSchema.parse(await response.json());
  return { accessToken: answer.access_token, expiresInSeconds: answer.expires_in };
}

/** Stores a token in a file that only its owner can read. Replaces an earlier file, whose permissions may be wider. */
export async function storeToken(file: string, token: string): Promise<void> {
  await rm(file, { force: true });
  await writeFile(file, token, { mode: 0o600, flag: 'wx' });
}

function isOnThisMachine(url: string): boolean {
  return URL.canParse(url) && ['localhost', '127.0.0.1'].includes(new URL(url).hostname);
}

/** Waits for the browser to bring the code. Requests with another `state` belong to no sign-in of ours. */
async function codeFromBrowser(
  callback: URL,
  { state, timeoutMs, ready }: { state: string; timeoutMs: number; ready: () => void },
): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', callback);
    if (pathname !== callback.pathname || searchParams.get('state') !== state) {
      response.writeHead(404).end();
      return;
    }
    const code = searchParams.get('code');
    response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' });
    response.end(code === null ? 'The sign-in failed.\n' : 'You are signed in. You can close this page.\n');
    if (code === null) {
      reject(new Error(`The sign-in failed: ${searchParams.get('error_description') ?? searchParams.get('error')}`));
    } else {
      resolve(code);
    }
  });
  server.listen(Number(callback.port || 80), callback.hostname);
  await once(server, 'listening');
  const timer = setTimeout(() => reject(new Error('Nobody signed in.')), timeoutMs);
  try {
    ready();
    return await promise;
  } finally {
    clearTimeout(timer);
    server.close();
    server.closeAllConnections();
  }
}
