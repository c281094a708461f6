import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { freePort } from '../../local/free-port.ts';
import { signIn, storeToken } from '../../tools/sign-in-flow.ts';

/** A user pool's pages: checks the exchange of a code as RFC 7636 says. */
let pool: { url: string; stop(): void; challenge?: string };
let callback: string;

beforeEach(async () => {
  callback = `http://localhost:${await freePort()}/callback`;
  const server = createServer(async (request, response) => {
    const form = new URLSearchParams(await text(request));
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    const isRight =
      request.url === '/oauth2/token' &&
      form.get('grant_type') === 'authorization_code' &&
      form.get('client_id') === 'people' &&
      form.get('redirect_uri') === callback &&
      form.get('code') === 'the-code' &&
      challenge === pool.challenge;
    response
      .writeHead(isRight ? 200 : 400, { 'content-type': 'application/json' })
      .end(JSON.stringify(isRight ? { access_token: 'the-token', expires_in: 3600 } : { error: 'invalid_grant' }));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  pool = { url: `http://127.0.0.1:${port}`, stop: () => server.close() };
});
afterEach(() => pool.stop());

const authorizeUrl = () =>
  `${pool.url}/oauth2/authorize?${new URLSearchParams({ response_type: 'code', client_id: 'people', redirect_uri: callback })}`;

/** A browser in which the user signs in: it calls back with these parameters. */
function browser(answer: (page: URL) => Record<string, string>) {
  return {
    timeoutMs: 5000,
    open(url: string) {
      const page = new URL(url);
      pool.challenge = page.searchParams.get('code_challenge') ?? '';
      expect(page.searchParams.get('code_challenge_method')).toBe('S256');
      void fetch(`${callback}?${new URLSearchParams(answer(page))}`);
    },
  };
}

const stateOf = (page: URL) => page.searchParams.get('state') ?? '';

describe('a user who signs in with a browser', () => {
  test('gets a token for the code that the browser brings', async () => {
    const signedIn = await signIn(
      authorizeUrl(),
      browser((page) => ({ code: 'the-code', state: stateOf(page) })),
    );
    expect(signedIn).toEqual({ accessToken: 'the-token', expiresInSeconds: 3600 });
  });

  test('gets none when the page reports an error, or the code is another one', async () => {
    const denied = browser((page) => ({ error: 'access_denied', state: stateOf(page) }));
    await expect(signIn(authorizeUrl(), denied)).rejects.toThrow('The sign-in failed: access_denied');
    const wrong = browser((page) => ({ code: 'another', state: stateOf(page) }));
    await expect(signIn(authorizeUrl(), wrong)).rejects.toThrow('400: {"error":"invalid_grant"}');
  });

  test('is not impersonated by a callback that belongs to another sign-in', async () => {
    const foreign = { ...browser(() => ({ code: 'the-code', state: 'another' })), timeoutMs: 300 };
    await expect(signIn(authorizeUrl(), foreign)).rejects.toThrow('Nobody signed in.');
  });

  test('needs a callback on this machine', async () => {
    const elsewhere = `${pool.url}/oauth2/authorize?client_id=people&redirect_uri=https://portal.example/callback`;
    await expect(signIn(elsewhere, { open: () => undefined, timeoutMs: 100 })).rejects.toThrow('on localhost');
  });
});

test('a stored token can be read by its owner alone, even where a readable file was', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'sign-in-'));
  const file = path.join(folder, 'token.txt');
  await writeFile(file, 'an earlier token', { mode: 0o644 });
  for (const token of ['the-token', 'another-token']) {
    await storeToken(file, token);
    expect(await readFile(file, 'utf8')).toBe(token);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  }
  await rm(folder, { recursive: true });
});
