import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { decodeJwt } from 'jose';
import { synthesiseInto } from '../../../local/synthesis.ts';
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
  const ClientId = running.parts.userPools[0]?.clients.find(({ hasSecret }) => !hasSecret)?.id;
  const step = async (operation: string, input: object) =>
    is(200, await pool.ask<SignInAnswer>(operation, { ClientId, ...input }));
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
