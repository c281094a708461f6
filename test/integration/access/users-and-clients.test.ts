import { beforeAll, expect, test } from '@jest/globals';
import { eventually, useLocalCloud } from '../support/local-cloud.ts';
import { is, type Page } from '../support/partner.ts';
import { expectGatewayMessage, expectProblem } from '../support/problems.ts';
import type { NewClient, User } from '../support/user-pool.ts';

// Over HTTP alone, so that it also tests deployments. partner-users and machine-clients test each rule on the local cloud.
const cloud = useLocalCloud();
const acme = cloud.partner('acme-access');
const globex = cloud.partner('globex-access');
const admin = cloud.as({ partnerId: 'acme-access', roles: ['admin', 'billing', 'support'] });
let partnerId: string;

beforeAll(async () => {
  ({ id: partnerId } = is(200, await acme.api.get<{ id: string }>('/v1/partner')));
  is(200, await globex.api.get('/v1/partner'));
});

/** An address of SES that accepts every message: a deployment sends the invitation. */
const anAddress = () => `success+access-${Date.now().toString(36)}@simulator.amazonses.com`;

async function tokenOf({ id, secret, tokenUrl }: Pick<NewClient, 'id' | 'secret' | 'tokenUrl'>) {
  const response = await fetch(tokenUrl, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  });
  // Safe: the test checks the body.
  return {
    status: response.status,
    body: (await response.json()) as { access_token: string },
    headers: response.headers,
  };
}

test('a partner invites, lists, renames, deactivates and deletes a user', async () => {
  const email = anAddress();
  const user = is(201, await admin.post<User>('/v1/users', { email, firstName: 'Ada', roles: ['billing'] }));
  const path = `/v1/users/${user.id}`;
  expect(user).toMatchObject({
    email,
    firstName: 'Ada',
    partnerId,
    roles: ['billing'],
    state: 'invited',
    active: true,
  });
  await eventually(async () =>
    expect(is(200, await admin.get<Page<User>>(`/v1/users?email=${encodeURIComponent(email)}`)).items).toEqual([user]),
  );
  expectProblem(await globex.api.get(path), 404, 'not_found');
  expectProblem(await acme.api.put(`${path}/roles/support`), 403, 'role_not_held');
  is(201, await admin.put(`${path}/roles/support`));
  is(204, await admin.del(`${path}/roles/support`));
  const changed = is(200, await admin.patch<User>(path, { lastName: 'Lovelace', active: false }));
  expect(changed).toMatchObject({ lastName: 'Lovelace', state: 'disabled', active: false });
  is(204, await admin.del(path));
  expectProblem(await admin.get(path), 404, 'not_found');
});

test('a partner’s client gets tokens with either of two secrets, until it is revoked', async () => {
  const body = { name: `Access ${Date.now().toString(36)}`, roles: ['support'] };
  const client = is(201, await acme.api.post<NewClient>('/v1/clients', body));
  const { access_token: token } = is(200, await tokenOf(client));
  const api = cloud.api(token);
  expect(is(200, await api.get('/v1/partner'))).toMatchObject({ id: partnerId });
  expectProblem(await api.post('/v1/clients', body), 403, 'forbidden');

  const rotated = is(200, await acme.api.post<NewClient>(`/v1/clients/${client.id}/rotate-secret`));
  is(200, await tokenOf(rotated));
  // A scaled day may be over already.
  if (cloud.isDeployment) {
    is(200, await tokenOf(client));
  }
  expectProblem(await globex.api.del(`/v1/clients/${client.id}`), 404, 'not_found');
  is(204, await acme.api.del(`/v1/clients/${client.id}`));
  is(400, await tokenOf(rotated));
  await eventually(async () => expectGatewayMessage(await api.get('/v1/partner'), 401, 'Unauthorized'));
});
