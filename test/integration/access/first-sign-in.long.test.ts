import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { decodeJwt } from 'jose';
import { authorizeUrl } from '../../../adapters/cognito/sign-in-page.ts';
import { freePort } from '../../../local/free-port.ts';
import { synthesiseInto } from '../../../local/synthesis.ts';
import { signIn } from '../../../tools/sign-in-flow.ts';
import { codeOf } from '../../local/cognito/authenticator-app.ts';
import { cloudUnderTest, patience, type RunningCloud, startCloud } from '../support/local-cloud.ts';
import { is, type Page } from '../support/partner.ts';
import { type User, userPoolOf } from '../support/user-pool.ts';

type Email = { to: string; subject: string; body: string };
type SignInAnswer = {
  ChallengeName?: string;
  Session?: string;
  SecretCode?: string;
  AuthenticationResult?: { AccessToken: string };
};

let folder: string;
let running: RunningCloud;
const cloud = cloudUnderTest(() => running);
const userClientId = () => running.parts.userPools[0]?.clients.find(({ hasSecret }) => !hasSecret)?.id ?? '';
const pool = userPoolOf(cloud);

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'first-sign-in-'));
  const assembly = path.join(folder, 'assembly');
  await synthesiseInto(assembly, { stage: 'local', secondFactor: 'required' });
  running = await startCloud({ dayMs: 500, assembly });
}, 180_000 * patience);
afterAll(async () => {
  await running?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** The invitation of a user, and the temporary password that it names. */
async function invitationOf(email: string): Promise<{ body: string; password: string }> {
  const { items } = is(200, await cloud.api().get<{ items: Email[] }>('/_local/emails'));
  const { body = '' } = items.find(({ to }) => to === email) ?? {};
  return { body, password: /<code>(.+)<\/code>/.exec(body)?.[1] ?? '' };
}

/** Signs an invited user in for the first time, as the user pool's page does: password, authenticator app, token. */
async function signInFirst(email: string): Promise<string> {
  const step = async (operation: string, input: object) =>
    is(200, await pool.ask<SignInAnswer>(operation, { ClientId: userClientId(), ...input }));
  const { password } = await invitationOf(email);
  const first = await step('AdminInitiateAuth', {
    AuthFlow: 'ADMIN_USER_PASSWORD_AUTH',
    AuthParameters: { USERNAME: email, PASSWORD: password },
  });
  expect(first.ChallengeName).toBe('NEW_PASSWORD_REQUIRED');
  const second = await step('AdminRespondToAuthChallenge', {
    ...first,
    ChallengeResponses: { USERNAME: email, NEW_PASSWORD: `Chosen-by-me-${password}` },
  });
  expect(second.ChallengeName).toBe('MFA_SETUP');
  const { SecretCode: key = '', Session } = await step('AssociateSoftwareToken', { Session: second.Session });
  const verified = await step('VerifySoftwareToken', { Session, UserCode: codeOf(key, Date.now()) });
  const { AuthenticationResult } = await step('AdminRespondToAuthChallenge', {
    ChallengeName: 'MFA_SETUP',
    Session: verified.Session,
    ChallengeResponses: { USERNAME: email },
  });
  return AuthenticationResult?.AccessToken ?? '';
}

test('the first platform user of a production pool signs in with a second factor, and brings in a partner', async () => {
  // The two commands of docs/operations.md, with the account's credentials.
  const root = 'root@wholesaler.example';
  const attributes = [
    { Name: 'email', Value: root },
    { Name: 'email_verified', Value: 'true' },
  ];
  is(200, await pool.ask('AdminCreateUser', { Username: root, UserAttributes: attributes }));
  is(200, await pool.ask('AdminAddUserToGroup', { Username: root, GroupName: 'platform' }));
  expect((await invitationOf(root)).body).toContain('authenticator app');

  const token = await signInFirst(root);
  expect(decodeJwt(token)).toMatchObject({ roles: ['platform'], email: root });
  const platform = cloud.api(token);
  is(200, await platform.get<Page<User>>('/v1/platform/users'));
  const partner = {
    name: 'Acme Ltd',
    shortName: 'Acme',
    deliveryAddress: { name: 'Acme', lines: ['1 High Street'], city: 'Leeds', postalCode: 'LS1 1AA', country: 'GB' },
    contact: { name: 'Ada', email: 'ada@acme.example' },
  };
  is(201, await platform.put('/v1/platform/partners/acme-first', partner));
  const admin = { email: 'ada@acme.example', partnerId: 'acme-first', roles: ['admin'] };
  is(201, await platform.post<User>('/v1/platform/users', admin));

  const api = cloud.api(await signInFirst(admin.email));
  expect(is(200, await api.get('/v1/partner'))).toMatchObject({ id: 'acme-first' });
});

test('npm run sign-in gets a token of the user who is chosen on the page', async () => {
  const email = 'desk@wholesaler.example';
  const attributes = [
    { Name: 'email', Value: email },
    { Name: 'email_verified', Value: 'true' },
  ];
  const { User } = is(
    200,
    await pool.ask<{ User: { Username: string } }>('AdminCreateUser', { Username: email, UserAttributes: attributes }),
  );
  is(200, await pool.ask('AdminAddUserToGroup', { Username: email, GroupName: 'platform' }));
  const url = authorizeUrl({
    pages: running.endpoints.signIn ?? '',
    clientId: userClientId(),
    callback: `http://localhost:${await freePort()}/callback`,
  });
  const { accessToken, expiresInSeconds } = await signIn(url, {
    timeoutMs: 30_000 * patience,
    // A browser that submits the page's form with this user, and follows the redirect to the command.
    open: (page) =>
      void fetch(page.split('?')[0] ?? '', {
        method: 'POST',
        body: new URLSearchParams([...new URL(page).searchParams, ['user', User.Username]]),
      }),
  });
  expect(expiresInSeconds).toBe(3600);
  expect(decodeJwt(accessToken)).toMatchObject({ sub: User.Username, roles: ['platform'] });
  is(200, await cloud.api(accessToken).get<Page<User>>('/v1/platform/users'));
});
