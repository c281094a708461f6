import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { decodeJwt } from 'jose';
import { MAX_AUDIENCES } from '../../../adapters/api-gateway/audiences.ts';
import type { Key } from '../../../adapters/dynamodb/item-kind.ts';
import { itemKinds } from '../../../adapters/dynamodb/item-kinds.ts';
import type { Attributes } from '../../../adapters/dynamodb/item-shapes.ts';
import { scanRaw } from '../../../adapters/dynamodb/reads.ts';
import { asId } from '../../../domain/ids.ts';
import { useTableOf } from '../../../local/table-of-cloud.ts';
import { untilAvailable } from '../support/eventually.ts';
import { eventually, useLocalCloud } from '../support/local-cloud.ts';
import { is, type Order, type Page } from '../support/partner.ts';
import { expectGatewayMessage, expectInvalid, expectProblem } from '../support/problems.ts';
import { type Client, type MachineSignIn, type NewClient, userPoolOf } from '../support/user-pool.ts';

const cloud = useLocalCloud();
const pool = userPoolOf(cloud);
const platform = cloud.as({ roles: ['platform'] });
const acme = cloud.partner('acme-clients');
const globex = cloud.partner('globex-clients');
const pathOf = (partnerId: string, id?: string) =>
  `/v1/platform/partners/${partnerId}/clients${id === undefined ? '' : `/${id}`}`;

let names = 0;
async function aClient(fields: object = {}, partnerId = acme.id): Promise<NewClient> {
  names += 1;
  const body = { name: `Client ${names}`, roles: ['admin'], ...fields };
  return is(201, await untilAvailable(() => platform.post<NewClient>(pathOf(partnerId), body)));
}

const revoke = (partnerId: string, id: string) => untilAvailable(() => platform.del(pathOf(partnerId, id)));

async function clientsOf(partnerId: string): Promise<Client[]> {
  return is(200, await untilAvailable(() => platform.get<Page<Client>>(`${pathOf(partnerId)}?limit=200`))).items;
}

async function tokenOf(client: MachineSignIn): Promise<string> {
  return is(200, await pool.tokenOf(client)).access_token;
}

const apiOf = async (client: MachineSignIn) => cloud.api(await tokenOf(client));

/** Other files have the cloud afterwards, and there are only so many. */
async function revokeAll(): Promise<void> {
  for (const { id } of [acme, globex]) {
    for (const client of await clientsOf(id)) {
      await revoke(id, client.id);
    }
  }
}

beforeAll(async () => {
  await Promise.all([acme.aCustomer(), globex.aCustomer()]);
});
afterAll(revokeAll);

type NewWebhook = { id: string; secret: string };

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

describe('a partner’s system', () => {
  test('gets a token with its id and its secret, and orders for its partner', async () => {
    const answer = await platform.post<NewClient>(pathOf(acme.id), { name: 'Order desk', roles: ['support', 'admin'] });
    const client = is(201, answer);
    expect(answer.headers.get('location')).toBe(pathOf(acme.id, client.id));
    expect(client).toEqual({
      id: expect.any(String),
      name: 'Order desk',
      partnerId: acme.id,
      roles: ['admin', 'support'],
      scopes: [`${acme.id}/admin`, `${acme.id}/support`],
      tokenUrl: expect.stringMatching(/\/oauth2\/token$/),
      secret: expect.stringMatching(/^.{40,}$/),
      createdAt: expect.any(String),
    });
    for (const by of ['header', 'form'] as const) {
      const token = await tokenOf({ ...client, by });
      expect(decodeJwt(token)).toMatchObject({
        sub: client.id,
        client_id: client.id,
        token_use: 'access',
        partner_id: acme.id,
        roles: ['admin', 'support'],
      });
      expect(decodeJwt(token)).not.toHaveProperty('aud');
      expect(is(200, await cloud.api(token).get('/v1/partner'))).toMatchObject({ id: acme.id });
    }
    const api = await apiOf(client);
    const { id } = is(201, await api.post<Order>('/v1/orders', { operatorId: 'a1', quantity: 20 }));
    expect(is(200, await api.get<Page<Order>>('/v1/orders')).items.map((order) => order.id)).toContain(id);
    const theirs = await apiOf(await aClient({}, globex.id));
    expect(is(200, await theirs.get<Page<Order>>('/v1/orders')).items).toEqual([]);
    expectProblem(await theirs.get(`/v1/orders/${id}`), 404, 'not_found');
    expectProblem(await api.get('/v1/platform/users'), 403, 'forbidden');
  });

  test('has fewer rights when it requests fewer scopes', async () => {
    const client = await aClient({ roles: ['admin', 'billing'] });
    const token = await tokenOf({ ...client, scope: `${acme.id}/billing` });
    expect(decodeJwt(token)).toMatchObject({ roles: ['billing'], scope: `${acme.id}/billing` });
    is(200, await cloud.api(token).get('/v1/orders'));
    expectProblem(await cloud.api(token).post('/v1/customers', { name: 'No' }), 403, 'forbidden');
  });

  test('gets no token for scopes that it does not have', async () => {
    const client = await aClient({ roles: ['billing'] });
    const other = await aClient({}, globex.id);
    const cases: [MachineSignIn, string][] = [
      [{ ...client, scope: `${acme.id}/admin` }, 'invalid_scope'],
      [{ ...client, scope: `${globex.id}/billing` }, 'invalid_scope'],
      [{ ...client, secret: other.secret }, 'invalid_client'],
      [{ ...client, id: 'none' }, 'invalid_client'],
      [{ ...client, grant: 'password' }, 'unsupported_grant_type'],
      [{ ...client, id: cloud.cloud().parts.userPools[0]?.clients[0]?.id ?? '', secret: '' }, 'unauthorized_client'],
    ];
    for (const [asked, error] of cases) {
      expect(await pool.tokenOf(asked)).toMatchObject({ status: 400, body: { error } });
    }
  });

  test('is refused immediately after its revocation, even with a valid token', async () => {
    const client = await aClient();
    const api = await apiOf(client);
    is(200, await api.get('/v1/orders'));
    expectProblem(
      await platform.del(pathOf(acme.id, client.id), { 'if-match': '"stale"' }),
      412,
      'precondition_failed',
    );
    expectProblem(await revoke(globex.id, client.id), 404, 'not_found');
    expect((await revoke(acme.id, client.id)).status).toBe(204);
    expectGatewayMessage(await api.get('/v1/orders'), 401, 'Unauthorized');
    expect(await pool.tokenOf(client)).toMatchObject({ status: 400, body: { error: 'invalid_client' } });
    expectProblem(await revoke(acme.id, client.id), 404, 'not_found');
  });

  test('is created once with an Idempotency-Key, and a repeated request shows its secret again', async () => {
    const key = { 'idempotency-key': `client ${Date.now()}` };
    const body = { name: 'Once', roles: ['admin'] };
    const first = is(201, await platform.post<NewClient>(pathOf(acme.id), body, key));
    expect(is(201, await platform.post<NewClient>(pathOf(acme.id), body, key))).toEqual(first);
    expect((await clientsOf(acme.id)).filter(({ name }) => name === 'Once')).toHaveLength(1);
  });

  test.each<[string, object, [string, string]]>([
    ['no role', { roles: [] }, ['/roles', 'too_small']],
    ['a role of the wholesaler', { roles: ['platform'] }, ['/roles/0', 'invalid_value']],
    ['a role of a customer', { roles: ['customer_user'] }, ['/roles/0', 'invalid_value']],
    ['a name that Cognito does not take', { name: 'a/b' }, ['/name', 'invalid_format']],
  ])('cannot have %s', async (_, fields, problem) => {
    const answer = await platform.post(pathOf(acme.id), { name: 'Wrong', roles: ['admin'], ...fields });
    expectInvalid(answer, [problem]);
  });

  test('has no secret in the table; a webhook has one only in its own item', async () => {
    useTableOf(cloud.cloud());
    const withKey = (key: string) => ({ 'idempotency-key': `${key}-${process.pid}` });
    const body = { name: 'With a key', roles: ['admin'] };
    const made = is(201, await platform.post<NewClient>(pathOf(acme.id), body, withKey('client')));
    const hook = { url: 'http://127.0.0.1:9/hook', events: ['order.*'] };
    const webhook = is(201, await acme.api.post<NewWebhook>('/v1/webhooks', hook, withKey('webhook')));
    const rotate = () =>
      acme.api.post<NewWebhook>(`/v1/webhooks/${webhook.id}/rotate-secret`, undefined, withKey('rotate'));
    const rotated = is(200, await rotate());

    const items = await allItems();
    const { pk: hookPk, sk: hookSk } = itemKinds.webhook.key({ partnerId: acme.id, id: asId('webhook', webhook.id) });
    const holding = (secret: string) =>
      items.filter((item) => JSON.stringify(item).includes(secret)).map(({ pk, sk }) => `${pk} ${sk}`);
    expect(items.length).toBeGreaterThan(3);
    expect(holding(made.secret)).toEqual([]);
    expect(holding(webhook.secret)).toEqual([`${hookPk} ${hookSk}`]);
    expect(holding(rotated.secret)).toEqual([`${hookPk} ${hookSk}`]);
    // Repeated requests still get the same answer.
    expect(is(201, await platform.post<NewClient>(pathOf(acme.id), body, withKey('client')))).toEqual(made);
    expect(is(200, await rotate())).toEqual(rotated);
    is(204, await acme.api.del(`/v1/webhooks/${webhook.id}`));
    is(204, await revoke(acme.id, made.id));
  });

  test('has a unique name within its partner, which must exist', async () => {
    const { name } = await aClient();
    expectProblem(await platform.post(pathOf(acme.id), { name, roles: ['admin'] }), 409, 'name_taken');
    await aClient({ name }, globex.id);
    expectProblem(await platform.post(pathOf('nobody-clients'), { name, roles: ['admin'] }), 404, 'not_found');
    expectProblem(await platform.get(pathOf('nobody-clients')), 404, 'not_found');
    const people = cloud.cloud().parts.userPools[0]?.clients[0]?.id;
    for (const other of [people, 'none', 'no-id', 'no%20id', '%00']) {
      expectProblem(await platform.get(pathOf(acme.id, other)), 404, 'not_found');
      expectProblem(await revoke(acme.id, other ?? ''), 404, 'not_found');
    }
  });
});

describe('the clients of a partner', () => {
  test('are listed by name, page by page, without their secrets', async () => {
    await revokeAll();
    const made = [await aClient({ name: 'b' }), await aClient({ name: 'a b' }), await aClient({ name: 'a' })];
    await aClient({ name: 'c' }, globex.id);
    const { items, nextCursor } = is(200, await platform.get<Page<Client>>(`${pathOf(acme.id)}?limit=2`));
    expect(items.map(({ name }) => name)).toEqual(['a', 'a b']);
    const rest = is(200, await platform.get<Page<Client>>(`${pathOf(acme.id)}?limit=2&cursor=${nextCursor}`));
    expect(rest.items.map(({ name }) => name)).toEqual(['b']);
    expect(rest).not.toHaveProperty('nextCursor');
    const [{ secret: _secret, ...first }] = made as [NewClient];
    expect(rest.items).toEqual([first]);
    expect(is(200, await platform.get(pathOf(acme.id, first.id)))).toEqual(first);
    expectProblem(await platform.get(pathOf(globex.id, first.id)), 404, 'not_found');
  });

  test('can be created and revoked concurrently', async () => {
    const before = await Promise.all([aClient(), aClient()]);
    const [made] = await Promise.all([
      Promise.all([aClient(), aClient(), aClient({}, globex.id)]),
      ...before.map(async ({ id }) => expect((await revoke(acme.id, id)).status).toBe(204)),
    ]);
    for (const client of made) {
      is(200, await (await apiOf(client)).get('/v1/orders'));
    }
    for (const client of before) {
      expect((await pool.tokenOf(client)).status).toBe(400);
    }
    expect(await audiences()).toEqual(new Set([...(await idsOfClients())]));
  });

  test('are accepted again after a deployment has reset the audiences', async () => {
    const client = await aClient();
    const api = await apiOf(client);
    const [people] = cloud.cloud().parts.userPools[0]?.clients ?? [];
    await setAudiences([people?.id ?? '']);
    await eventually(async () => is(200, await api.get('/v1/orders')));
    expect(await audiences()).toEqual(new Set(await idsOfClients()));
  });

  test(`have a maximum number: ${MAX_AUDIENCES - 1}`, async () => {
    await revokeAll();
    const room = MAX_AUDIENCES - (await idsOfClients()).length;
    for (let count = 0; count < room - 1; count += 1) {
      await aClient({ roles: ['billing'] });
    }
    // Of two that are made at once there is room for one: both or one of them is refused, and leaves nothing behind.
    const race = await Promise.all(
      ['One', 'Other'].map((name) =>
        untilAvailable(() => platform.post<NewClient>(pathOf(acme.id), { name, roles: ['billing'] })),
      ),
    );
    const made = race.filter(({ status }) => status === 201);
    expect(made.length).toBeLessThanOrEqual(1);
    expect(race.filter(({ status }) => status === 409)).toHaveLength(2 - made.length);
    expect(await idsOfClients()).toHaveLength(MAX_AUDIENCES - 1 + made.length);
    for (let count = made.length; count < 1; count += 1) {
      await aClient({ roles: ['billing'] });
    }
    expect(await audiences()).toEqual(new Set(await idsOfClients()));
    const answer = await platform.post(pathOf(globex.id), { name: 'One too many', roles: ['billing'] });
    expectProblem(answer, 409, 'too_many');
    expect(await clientsOf(globex.id)).toEqual([]);
    await revokeAll();
  });
});

async function idsOfClients(): Promise<string[]> {
  // A cloud in harsh mode throttles calls of AWS services.
  const { UserPoolClients } = await eventually(async () =>
    is(200, await pool.ask<{ UserPoolClients: { ClientId: string }[] }>('ListUserPoolClients', { MaxResults: 60 })),
  );
  return UserPoolClients.map(({ ClientId }) => ClientId);
}

/** The authoriser as API Gateway’s own API returns it. */
async function authorizer(): Promise<{ url: string; audience: string[]; issuer: string }> {
  const { endpoints, parts } = cloud.cloud();
  const [api] = parts.httpApis;
  const id = api?.routes.find((route) => route.authorizer)?.authorizer?.id;
  const url = `${endpoints.apiGateway}/v2/apis/${api?.id}/authorizers/${id}`;
  // Safe: the local API Gateway answers so.
  const authorizer = (await (await fetch(url)).json()) as { jwtConfiguration: { audience: string[]; issuer: string } };
  return { url, ...authorizer.jwtConfiguration };
}

const audiences = async () => new Set((await authorizer()).audience);

async function setAudiences(audience: string[]): Promise<void> {
  const { url, issuer } = await authorizer();
  const body = JSON.stringify({ jwtConfiguration: { issuer, audience } });
  expect((await fetch(url, { method: 'PATCH', body })).status).toBe(200);
}
