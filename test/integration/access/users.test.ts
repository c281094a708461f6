import { beforeAll, describe, expect, test } from '@jest/globals';
import { decodeJwt } from 'jose';
import { type ApiClient, useLocalCloud } from '../support/local-cloud.ts';
import { is, type Page } from '../support/partner.ts';
import { expectGatewayMessage, expectInvalid, expectProblem } from '../support/problems.ts';
import { type User, userPoolOf } from '../support/user-pool.ts';

const cloud = useLocalCloud();
const pool = userPoolOf(cloud);
const platform = cloud.as({ roles: ['platform'] });
const acme = cloud.partner('acme-users');
let customerId: string;

beforeAll(async () => {
  customerId = (await acme.aCustomer()).id;
});

let addresses = 0;
/** An address that nobody else has, in this file or in another that had the cloud before. */
function anAddress(): string {
  addresses += 1;
  return `user-${addresses}-${Date.now().toString(36)}@acme.example`;
}

async function aUser(fields: object = {}): Promise<User> {
  const body = { email: anAddress(), partnerId: acme.id, roles: ['admin'], ...fields };
  return is(201, await platform.post<User>('/v1/platform/users', body));
}

/** The temporary passwords in the invitations of a user, newest first. */
async function passwordsSentTo({ email }: User): Promise<string[]> {
  const { items } = is(200, await cloud.api().get<{ items: { to: string; body: string }[] }>('/_local/emails'));
  return items
    .filter(({ to }) => to === email)
    .map(({ body }) => {
      expect(body).toMatch(/<a href="http[^"]*\/oauth2\/authorize\?response_type=code&amp;client_id=\w+&amp;/);
      return /<code>(.+)<\/code>/.exec(body)?.[1] ?? '';
    });
}

const signedIn = async ({ email }: User): Promise<ApiClient> => cloud.api(await pool.signIn(email));

describe('a user who is invited', () => {
  test('is shown as invited, with partner and customer', async () => {
    const email = anAddress();
    const answer = await platform.post<User>('/v1/platform/users', {
      email,
      partnerId: acme.id,
      roles: ['admin', 'billing'],
    });
    const user = is(201, answer);
    expect(user).toEqual({
      id: expect.stringMatching(/^[\w-]{36}$/),
      email,
      partnerId: acme.id,
      roles: ['admin', 'billing'],
      state: 'invited',
      active: true,
      createdAt: expect.any(String),
    });
    expect(answer.headers.get('location')).toBe(`/v1/platform/users/${user.id}`);
    expect(is(200, await platform.get(`/v1/platform/users/${user.id}`))).toEqual(user);
    // By his id alone, though Cognito would know him by his address, too.
    for (const other of [email, 'none', 'no id', '%E2%82%AC', '%00']) {
      expectProblem(await platform.get(`/v1/platform/users/${other}`), 404, 'not_found');
    }
  });

  test('gets an email with the sign-in link and a temporary password, and another one when invited again', async () => {
    const user = await aUser();
    const first = await passwordsSentTo(user);
    expect(first).toHaveLength(1);
    expect((await platform.post(`/v1/platform/users/${user.id}/invite-again`)).status).toBe(204);
    const [latest = '', earlier] = await passwordsSentTo(user);
    expect([earlier]).toEqual(first);
    expect(latest).not.toBe(earlier);
    const ClientId = cloud.cloud().parts.userPools[0]?.clients.find(({ hasSecret }) => !hasSecret)?.id;
    const signIn = (PASSWORD = '') =>
      pool.ask('AdminInitiateAuth', {
        ClientId,
        AuthFlow: 'ADMIN_USER_PASSWORD_AUTH',
        AuthParameters: { USERNAME: user.email, PASSWORD },
      });
    expect(await signIn(latest)).toMatchObject({ status: 200, body: { ChallengeName: 'NEW_PASSWORD_REQUIRED' } });
    expect(await signIn(earlier)).toMatchObject({ status: 400, body: { __type: 'NotAuthorizedException' } });
  });

  test('can be invited again until the first sign-in', async () => {
    const user = await aUser();
    const again = `/v1/platform/users/${user.id}/invite-again`;
    expect((await platform.post(again)).status).toBe(204);
    await pool.signIn(user.email);
    expectProblem(await platform.post(again), 409, 'wrong_state');
  });

  test('signs in, and has exactly the rights of the roles', async () => {
    const user = await aUser({ roles: ['billing'] });
    const token = await pool.signIn(user.email);
    expect(decodeJwt(token)).toMatchObject({
      sub: user.id,
      token_use: 'access',
      partner_id: acme.id,
      roles: ['billing'],
    });
    expect(decodeJwt(token)).not.toHaveProperty('aud');
    const api = cloud.api(token);
    expect(is(200, await api.get('/v1/partner'))).toMatchObject({ id: acme.id });
    expectProblem(await api.post('/v1/customers', { name: 'No' }), 403, 'forbidden');
    expectProblem(await api.get('/v1/platform/users'), 403, 'forbidden');
    expect(is(200, await platform.get<User>(`/v1/platform/users/${user.id}`)).state).toBe('active');
  });

  test('sees only the customer’s SIMs as a customer’s user', async () => {
    const user = await aUser({ customerId, roles: ['customer_user'] });
    expect(user).toMatchObject({ partnerId: acme.id, customerId });
    const api = await signedIn(user);
    expect(is(200, await api.get<Page<unknown>>('/v1/sims')).items).toEqual([]);
    expectProblem(await api.get('/v1/orders'), 403, 'forbidden');
  });

  test('is a wholesaler user without a partner, and can invite others', async () => {
    const user = await aUser({ partnerId: undefined, roles: ['platform'] });
    expect(user).not.toHaveProperty('partnerId');
    const api = await signedIn(user);
    is(201, await api.post('/v1/platform/users', { email: anAddress(), partnerId: acme.id, roles: ['admin'] }));
    expectProblem(await api.get('/v1/orders'), 403, 'forbidden');
  });

  test.each<[string, object, [string, string]]>([
    ['a role of the wholesaler, of a partner’s', { roles: ['admin', 'platform'] }, ['/roles/1', 'role_of_others']],
    ['a role of a partner, of the wholesaler’s own', { partnerId: undefined }, ['/roles/0', 'role_of_others']],
    ['a role of a customer, and none', { roles: ['customer_user'] }, ['/roles/0', 'role_of_others']],
    [
      'a customer, and no partner of it',
      { partnerId: undefined, customerId: 'cus_1' },
      ['/customerId', 'customer_needs_partner'],
    ],
    ['no role', { roles: [] }, ['/roles', 'too_small']],
    ['a role that is none', { roles: ['root'] }, ['/roles/0', 'invalid_value']],
    ['a partner that is not there', { partnerId: 'nobody-users' }, ['/partnerId', 'not_found']],
    ['a customer that is not there', { customerId: 'cus_x', roles: ['customer_user'] }, ['/customerId', 'not_found']],
    ['an address that is none', { email: 'ada' }, ['/email', 'invalid_format']],
  ])('cannot have %s', async (_, fields, problem) => {
    const body = { email: anAddress(), partnerId: acme.id, roles: ['admin'], ...fields };
    expectInvalid(await platform.post('/v1/platform/users', body), [problem]);
  });

  test('has a unique email address, regardless of case', async () => {
    const { email } = await aUser();
    for (const again of [email, email.toUpperCase()]) {
      const answer = await platform.post('/v1/platform/users', { email: again, partnerId: acme.id, roles: ['admin'] });
      expectProblem(answer, 409, 'email_taken');
    }
  });

  test('gets missing roles when an incomplete invitation is repeated', async () => {
    const { id, email } = await aUser({ roles: ['admin', 'support'] });
    await pool.ask('AdminRemoveUserFromGroup', { Username: id, GroupName: 'support' });
    await pool.ask('AdminRemoveUserFromGroup', { Username: id, GroupName: 'admin' });
    const body = { email, partnerId: acme.id, roles: ['admin', 'support'] };
    expect(is(201, await platform.post<User>('/v1/platform/users', body))).toMatchObject({ id, roles: body.roles });
    expectProblem(await platform.post('/v1/platform/users', body), 409, 'email_taken');
  });

  test('is invited once per Idempotency-Key, however often the request is sent', async () => {
    const body = { email: anAddress(), partnerId: acme.id, roles: ['admin'] };
    const key = { 'idempotency-key': `invite ${body.email}` };
    const first = is(201, await platform.post<User>('/v1/platform/users', body, key));
    const again = await platform.post<User>('/v1/platform/users', body, key);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect(is(201, again)).toEqual(first);
  });
});

describe('a list of users', () => {
  test('has all users, page by page', async () => {
    const made = [await aUser(), await aUser(), await aUser()];
    const seen: string[] = [];
    let next = '/v1/platform/users?limit=2';
    for (let pages = 0; next && pages < 200; pages += 1) {
      const { items, nextCursor } = is(200, await platform.get<Page<User>>(next));
      expect(items.length).toBeLessThanOrEqual(2);
      seen.push(...items.map(({ id }) => id));
      next = nextCursor ? `/v1/platform/users?limit=2&cursor=${nextCursor}` : '';
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toEqual(expect.arrayContaining(made.map(({ id }) => id)));
  });

  test('can be filtered by email address', async () => {
    const user = await aUser();
    const { items } = is(200, await platform.get<Page<User>>(`/v1/platform/users?email=${user.email}`));
    expect(items).toEqual([user]);
    const none = `/v1/platform/users?email=${anAddress()}`;
    expect(is(200, await platform.get<Page<User>>(none)).items).toEqual([]);
  });
});

describe('a role', () => {
  test('that is granted is in the next token, until it is revoked', async () => {
    const user = await aUser({ roles: ['billing'] });
    const role = `/v1/platform/users/${user.id}/roles/admin`;
    const given = await platform.put<User>(role);
    expect(is(201, given).roles).toEqual(['admin', 'billing']);
    expect(given.headers.get('location')).toBe(role);
    expect(is(200, await platform.put<User>(role)).roles).toEqual(['admin', 'billing']);
    is(201, await (await signedIn(user)).post('/v1/customers', { name: 'Of an admin' }));

    expect((await platform.del(role)).status).toBe(204);
    expectProblem(await platform.del(role), 404, 'not_found');
    expectProblem(await (await signedIn(user)).post('/v1/customers', { name: 'No' }), 403, 'forbidden');
  });

  test('cannot be revoked if it is the last', async () => {
    const { id } = await aUser();
    expectProblem(await platform.del(`/v1/platform/users/${id}/roles/admin`), 409, 'last_role');
    expect(is(200, await platform.get<User>(`/v1/platform/users/${id}`)).roles).toEqual(['admin']);
  });

  test('of others is refused', async () => {
    const { id } = await aUser();
    for (const role of ['platform', 'customer_admin']) {
      const answer = await platform.put(`/v1/platform/users/${id}/roles/${role}`);
      expectInvalid(answer, [['/path/role', 'role_of_others']]);
    }
    expectProblem(await platform.put(`/v1/platform/users/${id}/roles/root`), 404, 'not_found');
  });

  test('is revoked only from the version in If-Match', async () => {
    const { id } = await aUser({ roles: ['admin', 'billing'] });
    const path = `/v1/platform/users/${id}`;
    const etag = (await platform.get(path)).headers.get('etag') ?? '';
    is(201, await platform.put(`${path}/roles/support`));
    expectProblem(await platform.del(`${path}/roles/admin`, { 'if-match': etag }), 412, 'precondition_failed');
  });
});

describe('a user who is removed', () => {
  test('is not found and cannot sign in', async () => {
    const user = await aUser();
    await pool.signIn(user.email);
    const path = `/v1/platform/users/${user.id}`;
    expectProblem(await platform.del(path, { 'if-match': '"stale"' }), 412, 'precondition_failed');
    expect((await platform.del(path)).status).toBe(204);
    expectProblem(await platform.get(path), 404, 'not_found');
    expectProblem(await platform.del(path), 404, 'not_found');
    expect((await pool.ask('AdminGetUser', { Username: user.email })).body).toMatchObject({
      __type: 'UserNotFoundException',
    });
  });

  test('is removed by another user, not by themselves', async () => {
    const user = await aUser({ partnerId: undefined, roles: ['platform'] });
    const own = await signedIn(user);
    expectProblem(await own.del(`/v1/platform/users/${user.id}`), 409, 'own_user');
  });

  test('has the state disabled after an administrator disabled the user', async () => {
    const { id } = await aUser();
    await pool.ask('AdminDisableUser', { Username: id });
    expect(is(200, await platform.get<User>(`/v1/platform/users/${id}`)).state).toBe('disabled');
  });
});

test('a token of a client that the pool does not have is refused', async () => {
  const { issuer } = cloud.cloud().issuer;
  const now = Math.floor(Date.now() / 1000);
  const claims = { iss: issuer, sub: 'x', client_id: 'elsewhere', iat: now, exp: now + 60, roles: ['platform'] };
  const answer = await cloud.api(await cloud.cloud().sign(claims)).get('/v1/platform/users');
  expectGatewayMessage(answer, 401, 'Unauthorized');
});
