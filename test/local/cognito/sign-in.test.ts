import { createHash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { decodeJwt } from 'jose';
import { MINUTE_MS } from '../../../domain/time-units.ts';
import { localUserPool } from '../../adapters/cognito/local-user-pool.ts';

/*
 * The sign-in page of the local pool: authorization code flow with PKCE, refresh and sign-out, as Cognito's managed login does.
 */

let pool: Awaited<ReturnType<typeof localUserPool>>;
let userId: string;
let nowMs = Date.now();

const callback = 'http://127.0.0.1:3000/signed-in';

beforeAll(async () => {
  pool = await localUserPool({ groups: ['admin'], realNow: () => nowMs });
  const { User } = await pool.ask<{ User: { Username: string } }>('AdminCreateUser', {
    Username: 'ada@acme.example',
    UserAttributes: [
      { Name: 'email', Value: 'ada@acme.example' },
      { Name: 'custom:partner_id', Value: 'acme' },
    ],
  });
  userId = User.Username;
  await pool.ask('AdminAddUserToGroup', { Username: userId, GroupName: 'admin' });
});

afterAll(async () => {
  await pool.stop();
});

const verifier = randomBytes(32).toString('base64url');

function authorizeQuery(changes: Readonly<Record<string, string>> = {}): Record<string, string> {
  return {
    response_type: 'code',
    client_id: pool.clientId,
    redirect_uri: callback,
    scope: 'openid email',
    state: 'a state',
    nonce: 'a nonce',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    ...changes,
  };
}

const open = (query: Record<string, string>) =>
  fetch(`${pool.domain}/oauth2/authorize?${new URLSearchParams(query)}`, { redirect: 'manual' });

/** Chooses a user on the page; returns where the browser is sent. */
async function choose(user: string, query = authorizeQuery()): Promise<Response> {
  return fetch(`${pool.domain}/oauth2/authorize`, {
    method: 'POST',
    body: new URLSearchParams({ ...query, user }),
    redirect: 'manual',
  });
}

async function codeFor(query = authorizeQuery()): Promise<string> {
  const response = await choose(userId, query);
  return new URL(response.headers.get('location') ?? '').searchParams.get('code') ?? '';
}

type Tokens = { access_token: string; id_token: string; refresh_token: string; error?: string };

async function tokens(form: Readonly<Record<string, string>>): Promise<{ status: number; body: Tokens }> {
  const response = await fetch(`${pool.domain}/oauth2/token`, {
    method: 'POST',
    body: new URLSearchParams({ client_id: pool.clientId, ...form }),
  });
  // Safe: the tests check what they use.
  return { status: response.status, body: (await response.json()) as Tokens };
}

const exchange = (code: string, changes: Readonly<Record<string, string>> = {}) =>
  tokens({ grant_type: 'authorization_code', code, redirect_uri: callback, code_verifier: verifier, ...changes });

it('offers the users of the pool on a page without scripts', async () => {
  const page = await open(authorizeQuery());
  expect(page.status).toBe(200);
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
  const html = await page.text();
  expect(html).toContain('ada@acme.example');
  expect(html).toContain('Partner acme: admin');
});

it('escapes what a client sends', async () => {
  const html = await (await open(authorizeQuery({ state: '"><script>alert(1)</script>' }))).text();
  expect(html).not.toContain('<script>');
  expect(html).toContain('&quot;&gt;&lt;script&gt;');
});

it('returns a code for the chosen user, which buys tokens once', async () => {
  const response = await choose(userId);
  expect(response.status).toBe(303);
  const back = new URL(response.headers.get('location') ?? '');
  expect(back.origin + back.pathname).toBe(callback);
  expect(back.searchParams.get('state')).toBe('a state');

  const code = back.searchParams.get('code') ?? '';
  const { status, body } = await exchange(code);
  expect(status).toBe(200);
  expect(decodeJwt(body.access_token)).toMatchObject({
    sub: userId,
    partner_id: 'acme',
    roles: ['admin'],
    scope: 'openid email',
    client_id: pool.clientId,
  });
  expect(decodeJwt(body.id_token)).toMatchObject({ sub: userId, aud: pool.clientId, nonce: 'a nonce' });
  expect(await exchange(code)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
});

it('refuses a code without its verifier, or for another redirect URI', async () => {
  const refused = { status: 400, body: { error: 'invalid_grant' } };
  expect(await exchange(await codeFor(), { code_verifier: 'x'.repeat(43) })).toMatchObject(refused);
  expect(await exchange(await codeFor(), { redirect_uri: 'http://127.0.0.1:3000/other' })).toMatchObject(refused);
});

it('refuses a code after five minutes', async () => {
  const [early, late] = [await codeFor(), await codeFor()];
  nowMs += 4 * MINUTE_MS;
  expect((await exchange(early)).status).toBe(200);
  nowMs += 2 * MINUTE_MS;
  expect(await exchange(late)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
});

it('renews tokens until the refresh token is revoked', async () => {
  const { refresh_token } = (await exchange(await codeFor())).body;
  const renew = () => tokens({ grant_type: 'refresh_token', refresh_token });
  expect(await renew()).toMatchObject({ status: 200, body: { access_token: expect.any(String) } });
  await fetch(`${pool.domain}/oauth2/revoke`, {
    method: 'POST',
    body: new URLSearchParams({ client_id: pool.clientId, token: refresh_token }),
  });
  expect(await renew()).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
});

it('ends the sessions of a user who is signed out everywhere, and of a disabled one', async () => {
  const { refresh_token } = (await exchange(await codeFor())).body;
  await pool.ask('AdminUserGlobalSignOut', { Username: userId });
  expect((await tokens({ grant_type: 'refresh_token', refresh_token })).status).toBe(400);

  const other = (await exchange(await codeFor())).body.refresh_token;
  await pool.ask('AdminDisableUser', { Username: userId });
  expect((await tokens({ grant_type: 'refresh_token', refresh_token: other })).status).toBe(400);
  expect(await (await open(authorizeQuery())).text()).not.toContain('ada@acme.example');
  expect((await choose(userId)).status).toBe(400);
  await pool.ask('AdminEnableUser', { Username: userId });
});

it('reports errors to the client, but never redirects to an address that is not the client’s', async () => {
  const errorOf = async (changes: Readonly<Record<string, string>>) => {
    const { headers } = await open(authorizeQuery(changes));
    return new URL(headers.get('location') ?? '').searchParams.get('error');
  };
  expect(await errorOf({ response_type: 'token' })).toBe('unsupported_response_type');
  expect(await errorOf({ code_challenge: '' })).toBe('invalid_request');
  expect(await errorOf({ code_challenge_method: 'plain' })).toBe('invalid_request');
  expect(await errorOf({ scope: 'openid phone' })).toBe('invalid_scope');
  for (const changes of [{ redirect_uri: 'https://evil.example/' }, { client_id: 'unknown' }]) {
    const response = await open(authorizeQuery(changes));
    expect(response.status).toBe(400);
    expect(response.headers.get('location')).toBeNull();
  }
});

it('returns to the client after signing out, and nowhere else', async () => {
  const signOut = (target: string) =>
    fetch(`${pool.domain}/logout?${new URLSearchParams({ client_id: pool.clientId, logout_uri: target })}`, {
      redirect: 'manual',
    });
  expect((await signOut('http://127.0.0.1:3000/')).headers.get('location')).toBe('http://127.0.0.1:3000/');
  expect((await signOut('https://evil.example/')).status).toBe(400);
});
