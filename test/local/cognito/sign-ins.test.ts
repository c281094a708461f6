import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { passwordRules } from '../../../domain/password-rules.ts';
import { DAY_MS, MINUTE_MS } from '../../../domain/time-units.ts';
import { localUserPool } from '../../adapters/cognito/local-user-pool.ts';
import { codeOf } from './authenticator-app.ts';

type Pool = Awaited<ReturnType<typeof localUserPool>>;
type Answer = {
  __type?: string;
  message?: string;
  ChallengeName?: string;
  Session?: string;
  SecretCode?: string;
  Status?: string;
  AuthenticationResult?: { AccessToken: string };
};

let nowMs = Date.now();
let optional: Pool;
let required: Pool;

beforeAll(async () => {
  optional = await localUserPool({ groups: ['admin'], realNow: () => nowMs });
  required = await localUserPool({ groups: ['admin'], realNow: () => nowMs, secondFactor: 'ON' });
});
afterAll(async () => {
  await optional.stop();
  await required.stop();
});

const ask = (pool: Pool, operation: string, input: object): Promise<Answer> =>
  pool.ask(operation, { ClientId: pool.clientId, ...input });

const own = (label: string = randomUUID()) => `Own-Password-1-${label}`;

/** Invites a user. Returns the address and the temporary password of the email. */
async function invited(pool: Pool) {
  const email = `user-${randomUUID()}@acme.example`;
  await ask(pool, 'AdminCreateUser', { Username: email, UserAttributes: [{ Name: 'email', Value: email }] });
  return { email, password: passwordIn(pool, email) };
}

function passwordIn(pool: Pool, email: string): string {
  const body = pool.sentEmails().find(({ to }) => to === email)?.body ?? '';
  return /temporary password is (\S+)\.$/.exec(body)?.[1] ?? '';
}

const begin = (pool: Pool, { email, password }: { email: string; password: string }) =>
  ask(pool, 'AdminInitiateAuth', {
    AuthFlow: 'ADMIN_USER_PASSWORD_AUTH',
    AuthParameters: { USERNAME: email, PASSWORD: password },
  });

const respond = (pool: Pool, ChallengeName: string, Session: string | undefined, answers: object = {}) =>
  ask(pool, 'AdminRespondToAuthChallenge', {
    ChallengeName,
    Session,
    ChallengeResponses: { USERNAME: 'user', ...answers },
  });

describe('a temporary password', () => {
  test('signs in once its user has chosen another one', async () => {
    const user = await invited(optional);
    const first = await begin(optional, user);
    expect(first).toMatchObject({ ChallengeName: 'NEW_PASSWORD_REQUIRED', Session: expect.any(String) });
    const password = own();
    const signedIn = await respond(optional, 'NEW_PASSWORD_REQUIRED', first.Session, { NEW_PASSWORD: password });
    expect(signedIn.AuthenticationResult?.AccessToken).toEqual(expect.any(String));
    expect(await begin(optional, user)).toMatchObject({ __type: 'NotAuthorizedException' });
    expect((await begin(optional, { ...user, password })).AuthenticationResult).toBeDefined();
  });

  test('expires after 24 hours, and another invitation has a new one', async () => {
    const user = await invited(optional);
    nowMs += DAY_MS - MINUTE_MS;
    expect(await begin(optional, user)).toMatchObject({ ChallengeName: 'NEW_PASSWORD_REQUIRED' });
    nowMs += 2 * MINUTE_MS;
    expect(await begin(optional, user)).toMatchObject({
      __type: 'NotAuthorizedException',
      message: expect.stringContaining('expired'),
    });
    await ask(optional, 'AdminCreateUser', { Username: user.email, MessageAction: 'RESEND' });
    const password = passwordIn(optional, user.email);
    expect(password).not.toBe(user.password);
    expect(await begin(optional, { ...user, password })).toMatchObject({ ChallengeName: 'NEW_PASSWORD_REQUIRED' });
    expect(await begin(optional, user)).toMatchObject({ __type: 'NotAuthorizedException' });
  });

  test('is not sent to a user who is created without a message', async () => {
    const email = `silent-${randomUUID()}@acme.example`;
    await ask(optional, 'AdminCreateUser', {
      Username: email,
      UserAttributes: [{ Name: 'email', Value: email }],
      MessageAction: 'SUPPRESS',
    });
    expect(optional.sentEmails().filter(({ to }) => to === email)).toEqual([]);
  });
});

describe('a password', () => {
  test.each<[string, string]>([
    ['Own-Password-12', 'Password not long enough'],
    ['own-password-1-abc', 'Password must have uppercase characters'],
    ['OWN-PASSWORD-1-ABC', 'Password must have lowercase characters'],
    ['Own-Password-Abcde', 'Password must have numeric characters'],
    ['OwnPassword1Abcdef', 'Password must have symbol characters'],
  ])('%s is refused: %s', async (password, reason) => {
    const user = await invited(optional);
    const { Session } = await begin(optional, user);
    const refusal = { __type: 'InvalidPasswordException', message: expect.stringContaining(reason) };
    expect(await respond(optional, 'NEW_PASSWORD_REQUIRED', Session, { NEW_PASSWORD: password })).toMatchObject(
      refusal,
    );
    const byAdmin = { Username: user.email, Password: password, Permanent: true };
    expect(await ask(optional, 'AdminSetUserPassword', byAdmin)).toMatchObject(refusal);
    // The same session accepts a better one.
    const better = await respond(optional, 'NEW_PASSWORD_REQUIRED', Session, { NEW_PASSWORD: own() });
    expect(better.AuthenticationResult).toBeDefined();
  });

  test('is none of the last ten, and may be the eleventh', async () => {
    const { email } = await invited(optional);
    const set = (Password: string) =>
      ask(optional, 'AdminSetUserPassword', { Username: email, Password, Permanent: true });
    const earlier = Array.from({ length: passwordRules.remembered }, (_, index) => own(String(index)));
    for (const password of earlier) {
      expect(await set(password)).toEqual({});
    }
    for (const password of earlier) {
      expect(await set(password)).toMatchObject({ __type: 'PasswordHistoryPolicyViolationException' });
    }
    expect(await set(own())).toEqual({});
    expect(await set(earlier[0] ?? '')).toEqual({});
  });
});

describe('a pool that requires a second factor', () => {
  /** Signs in up to the set-up of an authenticator app. */
  async function upToSetup() {
    const user = await invited(required);
    const { Session } = await begin(required, user);
    const password = own();
    const next = await respond(required, 'NEW_PASSWORD_REQUIRED', Session, { NEW_PASSWORD: password });
    expect(next).toMatchObject({ ChallengeName: 'MFA_SETUP' });
    return { user: { ...user, password }, session: next.Session };
  }

  /** Registers an app with the code of now. */
  async function registered() {
    const { user, session } = await upToSetup();
    const { SecretCode: key = '', Session } = await ask(required, 'AssociateSoftwareToken', { Session: session });
    const verified = await ask(required, 'VerifySoftwareToken', { Session, UserCode: codeOf(key, nowMs) });
    expect(verified.Status).toBe('SUCCESS');
    return { user, key, session: verified.Session };
  }

  test('issues a token once the user has registered an app, and then with each new code', async () => {
    const { user, key, session } = await registered();
    expect((await respond(required, 'MFA_SETUP', session)).AuthenticationResult).toBeDefined();

    const next = await begin(required, user);
    expect(next).toMatchObject({ ChallengeName: 'SOFTWARE_TOKEN_MFA' });
    const enter = (code: string) =>
      respond(required, 'SOFTWARE_TOKEN_MFA', next.Session, { SOFTWARE_TOKEN_MFA_CODE: code });
    expect(await enter(codeOf(key, nowMs + 10 * MINUTE_MS))).toMatchObject({ __type: 'CodeMismatchException' });
    expect(await enter(codeOf(key, nowMs))).toMatchObject({ __type: 'ExpiredCodeException' });
    expect((await enter(codeOf(key, nowMs + 30_000))).AuthenticationResult).toBeDefined();
    expect(await enter(codeOf(key, nowMs + 30_000))).toMatchObject({ __type: 'NotAuthorizedException' });
  });

  test('does not issue one for a password alone, or an app whose code was never entered', async () => {
    const { user, session } = await upToSetup();
    expect(await respond(required, 'MFA_SETUP', session)).toMatchObject({ __type: 'NotAuthorizedException' });
    const associated = await ask(required, 'AssociateSoftwareToken', { Session: session });
    const { SecretCode: key = '', Session } = associated;
    const wrong = { Session, UserCode: codeOf(key, nowMs + 10 * MINUTE_MS) };
    expect(await ask(required, 'VerifySoftwareToken', wrong)).toMatchObject({
      __type: 'EnableSoftwareTokenMFAException',
    });
    expect(await respond(required, 'MFA_SETUP', Session)).toMatchObject({ __type: 'NotAuthorizedException' });
    expect(await begin(required, user)).toMatchObject({ ChallengeName: 'MFA_SETUP' });
  });

  test('ends a session after three minutes, and that of a disabled user at once', async () => {
    const late = await registered();
    nowMs += 4 * MINUTE_MS;
    expect(await respond(required, 'MFA_SETUP', late.session)).toMatchObject({ __type: 'NotAuthorizedException' });
    const disabled = await registered();
    await ask(required, 'AdminDisableUser', { Username: disabled.user.email });
    expect(await respond(required, 'MFA_SETUP', disabled.session)).toMatchObject({ __type: 'NotAuthorizedException' });
    expect(await begin(required, disabled.user)).toMatchObject({ __type: 'NotAuthorizedException' });
  });
});
