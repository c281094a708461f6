import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { decodeJwt } from 'jose';
import { DAY_MS, MINUTE_MS } from '../../../domain/time-units.ts';
import { localUserPool } from '../../adapters/cognito/local-user-pool.ts';
import { codeOf } from './authenticator-app.ts';

/* The forms of the sign-in page: how an invited user signs in, as on Cognito's page. */

type Pool = Awaited<ReturnType<typeof localUserPool>>;

let nowMs = Date.now();
let pool: Pool;
let strict: Pool;

beforeAll(async () => {
  pool = await localUserPool({ groups: ['admin'], realNow: () => nowMs });
  strict = await localUserPool({ groups: ['admin'], realNow: () => nowMs, secondFactor: 'ON' });
});
afterAll(async () => {
  await pool.stop();
  await strict.stop();
});

const own = () => `Own-Password-1-${randomUUID()}`;
const callback = 'http://127.0.0.1:3000/signed-in';
const verifier = randomBytes(32).toString('base64url');

async function invited(at: Pool = pool) {
  const email = `user-${randomUUID()}@acme.example`;
  await at.ask('AdminCreateUser', { Username: email, UserAttributes: [{ Name: 'email', Value: email }] });
  const { body = '' } = at.sentEmails().find(({ to }) => to === email) ?? {};
  return { email, password: /temporary password is (\S+)\.$/.exec(body)?.[1] ?? '' };
}

/** What a user sees: the heading, why the answer before was refused, and the last form; or the code with which they return. */
type Shown = { heading: string; problem?: string; html: string; form: Record<string, string>; code?: string };

async function shownBy(response: Response): Promise<Shown> {
  if (response.status === 303) {
    const code = new URL(response.headers.get('location') ?? '').searchParams.get('code') ?? '';
    return { heading: 'signed in', html: '', form: {}, code };
  }
  expect(response.status).toBe(200);
  const html = await response.text();
  const last = html.slice(html.lastIndexOf('<form'));
  const [, problem] = /role="alert">([^<]*)</.exec(html) ?? [];
  return {
    heading: /<h1>(.*)<\/h1>/.exec(html)?.[1] ?? '',
    ...(problem !== undefined && { problem }),
    html,
    form: Object.fromEntries(
      [...last.matchAll(/type="hidden" name="([^"]*)" value="([^"]*)"/g)].map(([, name = '', value = '']) => [
        name,
        value,
      ]),
    ),
  };
}

async function open(at: Pool = pool): Promise<Shown> {
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: at.clientId,
    redirect_uri: callback,
    scope: 'openid email',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  });
  return shownBy(await fetch(`${at.domain}/oauth2/authorize?${query}`, { redirect: 'manual' }));
}

/** Fills in the form that is shown. */
async function submit({ form }: Shown, fields: Record<string, string>, at: Pool = pool): Promise<Shown> {
  const body = new URLSearchParams({ ...form, ...fields });
  return shownBy(await fetch(`${at.domain}/oauth2/authorize`, { method: 'POST', body, redirect: 'manual' }));
}

const enter = async ({ email, password }: { email: string; password: string }, at: Pool = pool) =>
  submit(await open(at), { username: email, password }, at);

const choose = (shown: Shown, password: string, at: Pool = pool) => submit(shown, { password, repeated: password }, at);

describe('an invited user', () => {
  test('replaces the temporary password, which is refused from then on, and signs in with their own', async () => {
    const user = await invited();
    const asked = await enter(user);
    expect(asked.heading).toBe('Choose a password');
    expect(asked.html).toContain(
      'at least 16 characters, including lower-case letters, upper-case letters, digits and symbols.',
    );
    const password = own();
    const { code = '' } = await choose(asked, password);
    const tokens = await fetch(`${pool.domain}/oauth2/token`, {
      method: 'POST',
      body: new URLSearchParams({
        client_id: pool.clientId,
        grant_type: 'authorization_code',
        code,
        redirect_uri: callback,
        code_verifier: verifier,
      }),
    });
    const { id_token } = (await tokens.json()) as { id_token: string };
    expect(decodeJwt(id_token)).toMatchObject({ email: user.email });

    expect(await enter(user)).toMatchObject({ heading: 'Sign in', problem: 'Incorrect username or password.' });
    expect((await enter({ ...user, password })).code).toBeDefined();
  });

  test('is asked for another password by the policy of the pool, and when the two differ', async () => {
    const user = await invited();
    const asked = await enter(user);
    const short = await choose(asked, 'Short-1');
    expect(short).toMatchObject({
      heading: 'Choose a password',
      problem: 'Password did not conform with policy: Password not long enough',
    });
    const different = await submit(short, { password: own(), repeated: own() });
    expect(different).toMatchObject({ heading: 'Choose a password', problem: 'The passwords are not the same.' });
    expect((await choose(different, own())).code).toBeDefined();
  });

  test('does not sign in with an expired temporary password, or in a session that has ended', async () => {
    const user = await invited();
    const asked = await enter(user);
    nowMs += 4 * MINUTE_MS;
    expect(await choose(asked, own())).toMatchObject({
      heading: 'Sign in',
      problem: expect.stringMatching(/^Start the sign-in again\./),
    });
    nowMs += DAY_MS;
    expect(await enter(user)).toMatchObject({
      heading: 'Sign in',
      problem: 'Temporary password has expired and must be reset by an administrator.',
    });
  });

  test('registers an authenticator app where the pool requires one, and enters its codes later', async () => {
    const user = await invited(strict);
    const password = own();
    const setUp = await choose(await enter(user, strict), password, strict);
    expect(setUp.heading).toBe('Add an authenticator app');
    const { key = '' } = setUp.form;
    expect(setUp.html).toContain(`<code>${key}</code>`);
    const wrong = await submit(setUp, { code: codeOf(key, nowMs + 10 * MINUTE_MS) }, strict);
    expect(wrong).toMatchObject({ heading: 'Add an authenticator app', problem: 'Code mismatch', form: { key } });
    expect((await submit(wrong, { code: codeOf(key, nowMs) }, strict)).code).toBeDefined();

    const asked = await enter({ ...user, password }, strict);
    expect(asked.heading).toBe('Enter a code');
    expect(await submit(asked, { code: codeOf(key, nowMs) }, strict)).toMatchObject({
      heading: 'Enter a code',
      problem: 'Your software token has already been used once.',
    });
    expect((await submit(asked, { code: codeOf(key, nowMs + 30_000) }, strict)).code).toBeDefined();
  });
});

describe('a user with a password', () => {
  test('is refused with a wrong one, an unknown address, or none, and keeps the address that was entered', async () => {
    const user = await invited();
    const refusal = { heading: 'Sign in', problem: 'Incorrect username or password.' };
    const refused = await enter({ ...user, password: own() });
    expect(refused).toMatchObject(refusal);
    expect(refused.html).toContain(`value="${user.email}"`);
    expect(await enter({ email: 'nobody@acme.example', password: own() })).toMatchObject(refusal);
    expect(await enter({ ...user, password: '' })).toMatchObject(refusal);
  });

  test('is refused once deactivated, also while choosing a password', async () => {
    const user = await invited();
    const asked = await enter(user);
    await pool.ask('AdminDisableUser', { Username: user.email });
    expect(await enter(user)).toMatchObject({ heading: 'Sign in', problem: 'User is disabled.' });
    expect(await choose(asked, own())).toMatchObject({
      heading: 'Sign in',
      problem: 'Start the sign-in again. User is disabled.',
    });
    await pool.ask('AdminEnableUser', { Username: user.email });
    expect((await choose(asked, own())).code).toBeDefined();
  });
});

test('a user who was chosen by click no longer has the temporary password', async () => {
  const user = await invited();
  const { Username } = await pool.ask<{ Username: string }>('AdminGetUser', { Username: user.email });
  expect((await submit(await open(), { user: Username })).code).toBeDefined();
  expect(await enter(user)).toMatchObject({ problem: 'Incorrect username or password.' });
});
