import { beforeAll, describe, expect, test } from '@jest/globals';
import { decodeJwt } from 'jose';
import type { Key } from '../../../adapters/dynamodb/item-kind.ts';
import { itemKinds } from '../../../adapters/dynamodb/item-kinds.ts';
import type { Attributes } from '../../../adapters/dynamodb/item-shapes.ts';
import { scanRaw } from '../../../adapters/dynamodb/reads.ts';
import { asId } from '../../../domain/ids.ts';
import { MACHINE_TOKEN_HOURS, MAX_NEW_TOKENS_PER_DAY } from '../../../domain/machine-client.ts';
import { useTableOf } from '../../../local/table-of-cloud.ts';
import { type ApiClient, eventually, useLocalCloud } from '../support/local-cloud.ts';
import { is, type Order, type Page } from '../support/partner.ts';
import { expectGatewayMessage, expectInvalid, expectProblem } from '../support/problems.ts';
import { type Client, type MachineSignIn, type NewClient, userPoolOf } from '../support/user-pool.ts';

const cloud = useLocalCloud();
const pool = userPoolOf(cloud);
const platform = cloud.as({ roles: ['platform'] });
const run = Date.now().toString(36);
const acme = cloud.partner(`acme-clients-${run}`);
const globex = cloud.partner(`globex-clients-${run}`);
const platformPath = (partnerId: string, id?: string) =>
  `/v1/platform/partners/${partnerId}/clients${id === undefined ? '' : `/${id}`}`;

type Rotated = NewClient & { previousSecretValidUntil: string };

let names = 0;
async function aClient(fields: object = {}, partner = acme): Promise<NewClient> {
  names += 1;
  const body = { name: `Client ${names}`, roles: ['admin'], ...fields };
  return is(201, await partner.api.post<NewClient>('/v1/clients', body));
}

const tokenOf = async (client: MachineSignIn): Promise<string> => is(200, await pool.tokenOf(client)).access_token;
const apiOf = async (client: MachineSignIn): Promise<ApiClient> => cloud.api(await tokenOf(client));

beforeAll(async () => {
  await Promise.all([acme.aCustomer(), globex.aCustomer()]);
});

/** Every item of the table as it is kept. */
async function allItems(): Promise<Attributes[]> {
  const found: Attributes[] = [];
  let after: Key | undefined;
  do {
    const { items, last } = await scanRaw({ segment: 0, segments: 1 }, after);
    found.push(...items);
    after = last;
  } while (after !== undefined);
  return found;
}

describe.each([
  ['a partner’s admin', () => acme.api, (id?: string) => `/v1/clients${id === undefined ? '' : `/${id}`}`],
  ['the wholesaler', () => platform, (id?: string) => platformPath(acme.id, id)],
])('a client that %s creates', (_, by, pathOf) => {
  test('gets a token with its id and its secret, and orders for its partner', async () => {
    names += 1;
    const body = { name: `Order desk ${names}`, roles: ['support', 'admin'] };
    const answer = await by().post<NewClient>(pathOf(), body);
    const client = is(201, answer);
    expect(answer.headers.get('location')).toBe(pathOf(client.id));
    expect(client).toEqual({
      id: expect.stringMatching(/^cli_[0-9A-Z]{26}$/),
      name: body.name,
      partnerId: acme.id,
      roles: ['admin', 'support'],
      scopes: [`${acme.id}/admin`, `${acme.id}/support`],
      tokenUrl: `${cloud.url()}/oauth2/token`,
      secret: expect.stringMatching(/^[\w-]{43}$/),
      createdAt: expect.any(String),
    });
    for (const how of ['header', 'form'] as const) {
      const { body: issued, headers } = await pool.tokenOf({ ...client, by: how });
      expect(headers.get('cache-control')).toBe('no-store');
      expect(issued).toEqual({
        access_token: expect.any(String),
        expires_in: expect.any(Number),
        token_type: 'Bearer',
      });
      expect(decodeJwt(issued.access_token)).toMatchObject({
        api_client_id: client.id,
        token_use: 'access',
        partner_id: acme.id,
        roles: ['admin', 'support'],
      });
      expect(is(200, await cloud.api(issued.access_token).get('/v1/partner'))).toMatchObject({ id: acme.id });
    }
    const api = await apiOf(client);
    const { id } = is(201, await api.post<Order>('/v1/orders', { operatorId: 'a1', quantity: 20 }));
    const { items } = is(200, await api.get<Page<{ actor: string }>>(`/v1/journal?resource=${id}`));
    expect(items).toMatchObject([{ actor: client.id }]);
    expectProblem(await (await apiOf(await aClient({}, globex))).get(`/v1/orders/${id}`), 404, 'not_found');
    expectProblem(await api.get('/v1/platform/users'), 403, 'forbidden');

    const { secret: _secret, ...shown } = client;
    expect(is(200, await by().get(pathOf(client.id)))).toEqual(shown);
    expect(is(200, await by().get<Page<Client>>(`${pathOf()}?limit=200`)).items).toContainEqual(shown);
  });

  test('is refused within a minute after its revocation, even with a valid token', async () => {
    const client = await aClient();
    const api = await apiOf(client);
    is(200, await api.get('/v1/orders'));
    expectProblem(await by().del(pathOf(client.id), { 'if-match': '"stale"' }), 412, 'precondition_failed');
    is(204, await by().del(pathOf(client.id)));
    const revokedAt = performance.now();
    expect(await pool.tokenOf(client)).toMatchObject({ status: 400, body: { error: 'invalid_client' } });
    await eventually(async () => expectGatewayMessage(await api.get('/v1/orders'), 401, 'Unauthorized'));
    expect(performance.now() - revokedAt).toBeLessThan(60_000);
    expectProblem(await by().get(pathOf(client.id)), 404, 'not_found');
    expectProblem(await by().del(pathOf(client.id)), 404, 'not_found');
  });

  test('is created once with an Idempotency-Key, and a repeated request shows its secret again', async () => {
    names += 1;
    const body = { name: `Once ${names}`, roles: ['admin'] };
    const key = { 'idempotency-key': `client ${run} ${names}` };
    const first = is(201, await by().post<NewClient>(pathOf(), body, key));
    expect(is(201, await by().post<NewClient>(pathOf(), body, key))).toEqual(first);
    expectProblem(await by().post(pathOf(), body), 409, 'name_taken');
  });

  test.each<[string, object, [string, string]]>([
    ['no role', { roles: [] }, ['/roles', 'too_small']],
    ['a role of the wholesaler', { roles: ['platform'] }, ['/roles/0', 'invalid_value']],
    ['a role of a customer', { roles: ['customer_user'] }, ['/roles/0', 'invalid_value']],
    ['a name with other characters', { name: 'a/b' }, ['/name', 'invalid_format']],
  ])('cannot have %s', async (_case, fields, problem) => {
    expectInvalid(await by().post(pathOf(), { name: 'Wrong', roles: ['admin'], ...fields }), [problem]);
  });

  test('is not found under another partner', async () => {
    const { id } = await aClient({}, globex);
    for (const other of [id, 'none', 'no-id', 'no%20id', '%00']) {
      expectProblem(await by().get(pathOf(other)), 404, 'not_found');
      expectProblem(await by().del(pathOf(other)), 404, 'not_found');
    }
    expectProblem(await acme.api.post(`/v1/clients/${id}/rotate-secret`), 404, 'not_found');
    is(200, await globex.api.get(`/v1/clients/${id}`));
  });
});

describe('a client', () => {
  test('has fewer rights when it requests fewer scopes', async () => {
    const client = await aClient({ roles: ['admin', 'billing'] });
    const token = await tokenOf({ ...client, scope: `${acme.id}/billing` });
    expect(decodeJwt(token)).toMatchObject({ roles: ['billing'] });
    is(200, await cloud.api(token).get('/v1/orders'));
    expectProblem(await cloud.api(token).post('/v1/customers', { name: 'No' }), 403, 'forbidden');
  });

  test('gets no token for scopes that it does not have', async () => {
    const client = await aClient({ roles: ['billing'] });
    const other = await aClient({}, globex);
    const cases: [MachineSignIn, string][] = [
      [{ ...client, scope: `${acme.id}/admin` }, 'invalid_scope'],
      [{ ...client, scope: `${globex.id}/billing` }, 'invalid_scope'],
      [{ ...client, secret: other.secret }, 'invalid_client'],
      [{ ...client, secret: '' }, 'invalid_client'],
      [{ ...client, id: 'none' }, 'invalid_client'],
      [{ ...client, grant: 'password' }, 'unsupported_grant_type'],
    ];
    for (const [asked, error] of cases) {
      expect(await pool.tokenOf(asked)).toMatchObject({ status: 400, body: { error } });
    }
    const json = await fetch(client.tokenUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    });
    expect(json.status).toBe(415);
  });

  test('gets the same token again for the same scopes, because each new one costs', async () => {
    const client = await aClient({ roles: ['admin', 'billing'] });
    const first = is(200, await pool.tokenOf(client));
    expect(first.expires_in).toBe(MACHINE_TOKEN_HOURS * 3600);
    const again = is(200, await pool.tokenOf({ ...client, by: 'form' }));
    expect(again.access_token).toBe(first.access_token);
    expect(again.expires_in).toBeLessThanOrEqual(first.expires_in);
    const scope = `${acme.id}/billing`;
    expect(await tokenOf({ ...client, scope })).not.toBe(first.access_token);
    expect(await tokenOf({ ...client, scope })).toBe(await tokenOf({ ...client, scope }));
  });

  test('does not get new tokens without end', async () => {
    useTableOf(cloud.cloud());
    const client = await aClient();
    const { countNewToken } = await import('../../../adapters/dynamodb/machine-clients.ts');
    for (let count = 0; count < MAX_NEW_TOKENS_PER_DAY; count += 1) {
      await countNewToken(asId('client', client.id), new Date());
    }
    const answer = await pool.tokenOf(client);
    expect(answer).toMatchObject({ status: 429, body: { error: 'slow_down' } });
    expect(answer.headers.get('retry-after')).toBe('3600');
  });

  test('gets a second secret, and its first one stays valid for a day', async () => {
    const client = await aClient();
    const rotated = is(200, await acme.api.post<Rotated>(`/v1/clients/${client.id}/rotate-secret`));
    const { secret, previousSecretValidUntil, ...shown } = rotated;
    expect(client).toMatchObject(shown);
    expect(secret).not.toBe(client.secret);
    const until = Date.parse(previousSecretValidUntil) - (await cloud.clock.now()).getTime();
    expect(until).toBeLessThanOrEqual(86_400_000);
    await cloud.clock.held(async () => {
      is(200, await pool.tokenOf({ ...client, secret }));
    });
    await cloud.clock.skip({ days: 1 });
    is(200, await pool.tokenOf({ ...client, secret }));
    expect(await pool.tokenOf(client)).toMatchObject({ status: 400, body: { error: 'invalid_client' } });
  });

  test('can use both secrets until then', async () => {
    await cloud.clock.held(async () => {
      const client = await aClient();
      const { secret } = is(200, await acme.api.post<Rotated>(`/v1/clients/${client.id}/rotate-secret`));
      is(200, await pool.tokenOf(client));
      is(200, await pool.tokenOf({ ...client, secret }));
      const third = is(200, await acme.api.post<Rotated>(`/v1/clients/${client.id}/rotate-secret`));
      expect((await pool.tokenOf(client)).body.error).toBe('invalid_client');
      is(200, await pool.tokenOf({ ...client, secret }));
      is(200, await pool.tokenOf({ ...client, secret: third.secret }));
    });
  });

  test('has no secret in the table; a webhook has one only in its own item', async () => {
    useTableOf(cloud.cloud());
    const withKey = (key: string) => ({ 'idempotency-key': `${key}-${run}` });
    const body = { name: 'With a key', roles: ['admin'] };
    const made = is(201, await acme.api.post<NewClient>('/v1/clients', body, withKey('client')));
    const token = await tokenOf(made);
    const hook = { url: 'http://127.0.0.1:9/hook', events: ['order.*'] };
    const webhook = is(201, await acme.api.post<{ id: string; secret: string }>('/v1/webhooks', hook, withKey('hook')));
    const rotate = () =>
      acme.api.post<{ secret: string }>(`/v1/webhooks/${webhook.id}/rotate-secret`, undefined, withKey('rotate'));
    const rotated = is(200, await rotate());

    const items = await allItems();
    const { pk: hookPk, sk: hookSk } = itemKinds.webhook.key({ partnerId: acme.id, id: asId('webhook', webhook.id) });
    const holding = (secret: string) =>
      items.filter((item) => JSON.stringify(item).includes(secret)).map(({ pk, sk }) => `${pk} ${sk}`);
    expect(items.length).toBeGreaterThan(3);
    expect(holding(made.secret)).toEqual([]);
    expect(holding(token)).toEqual([]);
    expect(holding(webhook.secret)).toEqual([`${hookPk} ${hookSk}`]);
    expect(holding(rotated.secret)).toEqual([`${hookPk} ${hookSk}`]);
    // Their callers are told again all the same.
    expect(is(201, await acme.api.post<NewClient>('/v1/clients', body, withKey('client')))).toEqual(made);
    expect(is(200, await rotate())).toEqual(rotated);
  });

  test('is created and revoked while others are', async () => {
    const before = await Promise.all([aClient(), aClient()]);
    const [made] = await Promise.all([
      Promise.all([aClient(), aClient(), aClient({}, globex)]),
      ...before.map(async ({ id }) => is(204, await acme.api.del(`/v1/clients/${id}`))),
    ]);
    for (const client of made) {
      is(200, await (await apiOf(client)).get('/v1/orders'));
    }
    for (const client of before) {
      expect((await pool.tokenOf(client)).status).toBe(400);
    }
  });

  test('can be created again with the name of a revoked one', async () => {
    const { id, name } = await aClient();
    is(204, await acme.api.del(`/v1/clients/${id}`));
    expect((await aClient({ name })).id).not.toBe(id);
  });

  test('has a unique name within its partner, which must exist', async () => {
    const { name } = await aClient();
    expectProblem(await acme.api.post('/v1/clients', { name, roles: ['admin'] }), 409, 'name_taken');
    await aClient({ name }, globex);
    expectProblem(await platform.post(platformPath('nobody-clients'), { name, roles: ['admin'] }), 404, 'not_found');
    expectProblem(await platform.get(platformPath('nobody-clients')), 404, 'not_found');
  });
});

test('the clients of a partner are listed in the order of their creation, page by page, without their secrets', async () => {
  const partner = cloud.partner(`list-clients-${run}`);
  await partner.aCustomer();
  const made = [await aClient({}, partner), await aClient({}, partner), await aClient({}, partner)];
  const { items, nextCursor } = is(200, await partner.api.get<Page<Client>>('/v1/clients?limit=2'));
  const rest = is(200, await partner.api.get<Page<Client>>(`/v1/clients?limit=2&cursor=${nextCursor}`));
  expect(rest).not.toHaveProperty('nextCursor');
  expect([...items, ...rest.items]).toEqual(made.map(({ secret: _secret, ...shown }) => shown));
});

test('a user’s tokens are refused within a minute after the user was deactivated, and accepted when they are new', async () => {
  const body = { email: `revoked-${run}@acme.example`, roles: ['billing'] };
  const { api: admin } = { api: cloud.as({ partnerId: acme.id, roles: ['admin', 'billing'] }) };
  const { id } = is(201, await admin.post<{ id: string }>('/v1/users', body));
  const user = cloud.api(await pool.signIn(body.email));
  is(200, await user.get('/v1/orders'));
  is(200, await admin.patch(`/v1/users/${id}`, { active: false }));
  await eventually(async () => expectGatewayMessage(await user.get('/v1/orders'), 401, 'Unauthorized'));
  is(200, await admin.patch(`/v1/users/${id}`, { active: true }));
  is(200, await cloud.api(await pool.signIn(body.email)).get('/v1/orders'));
  expectGatewayMessage(await user.get('/v1/orders'), 401, 'Unauthorized');
});
