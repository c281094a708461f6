import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { synthesiseInto } from '../../../local/synthesis.ts';
import { cloudUnderTest, patience, type RunningCloud, startCloud } from '../support/local-cloud.ts';
import { is } from '../support/partner.ts';
import { expectGatewayMessage, expectProblem } from '../support/problems.ts';

const external = { issuer: 'https://login.partner-connect.example', audience: 'sim-fulfilment' };
let folder: string;
let running: RunningCloud;
const cloud = cloudUnderTest(() => running);

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'external-issuer-'));
  const assembly = path.join(folder, 'assembly');
  await synthesiseInto(assembly, { stage: 'local', ...external });
  running = await startCloud({ dayMs: 500, assembly });
}, 180_000 * patience);
afterAll(async () => {
  await running?.stop();
  await rm(folder, { recursive: true, force: true });
});

describe('where another issuer signs the tokens', () => {
  test('its tokens are accepted, of users and of machines', async () => {
    expect(running.issuer).toMatchObject(external);
    const now = Math.floor(Date.now() / 1000);
    const claims = { iss: external.issuer, iat: now, exp: now + 600, partner_id: 'demo', roles: ['admin'] };
    for (const own of [
      { sub: 'auth0|ada', aud: [external.audience, 'https://login.partner-connect.example/userinfo'] },
      { sub: 'machine@clients', aud: external.audience, gty: 'client-credentials', scope: 'anything' },
    ]) {
      const api = cloud.api(await running.sign({ ...claims, ...own }));
      expect(is(200, await api.get('/v1/partner'))).toMatchObject({ id: 'demo' });
      is(201, await api.post('/v1/customers', { name: 'Of another issuer' }));
    }
    const elsewhere = cloud.api(await running.sign({ ...claims, sub: 'x', aud: 'another' }));
    expectGatewayMessage(await elsewhere.get('/v1/partner'), 401, 'Unauthorized');
  });

  test('users and clients are managed by it, as the API documents', async () => {
    const platform = cloud.as({ roles: ['platform'] });
    const admin = cloud.as({ partnerId: 'demo', roles: ['admin'] });
    for (const answer of [
      await admin.post('/v1/users', { email: 'ada@acme.example', roles: ['admin'] }),
      await admin.get('/v1/users'),
      await admin.get('/v1/users/ada'),
      await admin.patch('/v1/users/ada', { active: false }),
      await admin.del('/v1/users/ada'),
      await admin.post('/v1/users/ada/invite-again'),
      await admin.put('/v1/users/ada/roles/admin'),
      await admin.del('/v1/users/ada/roles/admin'),
      await admin.post('/v1/clients', { name: 'Order desk', roles: ['admin'] }),
      await admin.get('/v1/clients'),
      await admin.get('/v1/clients/cli_1'),
      await admin.del('/v1/clients/cli_1'),
      await admin.post('/v1/clients/cli_1/rotate-secret'),
      await platform.post('/v1/platform/users', { email: 'ada@acme.example', partnerId: 'demo', roles: ['admin'] }),
      await platform.get('/v1/platform/users'),
      await platform.del('/v1/platform/users/ada'),
      await platform.put('/v1/platform/users/ada/roles/admin'),
      await platform.post('/v1/platform/partners/demo/clients', { name: 'Order desk', roles: ['admin'] }),
      await platform.get('/v1/platform/partners/demo/clients'),
    ]) {
      expectProblem(answer, 409, 'no_user_pool');
      expect(answer.body).toMatchObject({ detail: expect.stringContaining(external.issuer) });
    }
  });

  test('a customer is deleted without a user pool', async () => {
    const admin = cloud.as({ partnerId: 'demo', roles: ['admin'] });
    const { id } = is(201, await admin.post<{ id: string }>('/v1/customers', { name: 'Soon deleted' }));
    is(204, await admin.del(`/v1/customers/${id}`));
  });

  test('no user pool exists', () => {
    expect(running.parts.userPools).toEqual([]);
    expect(running.parts.schedules.map(({ name }) => name).join()).not.toMatch(/SyncUsers/);
  });
});
