import { beforeAll, describe, expect, test } from '@jest/globals';
import { type ApiClient, eventually, useLocalCloud } from '../support/local-cloud.ts';
import { is, type Page } from '../support/partner.ts';
import { expectInvalid, expectProblem } from '../support/problems.ts';
import { type User, userPoolOf } from '../support/user-pool.ts';

const cloud = useLocalCloud();
const pool = userPoolOf(cloud);
const platform = cloud.as({ roles: ['platform'] });

let names = 0;
const unique = (text: string) => {
  names += 1;
  return `${text}-${names}-${Date.now().toString(36)}`;
};
const anAddress = () => `${unique('user')}@acme.example`;

/** A partner that no other test has, with callers of some roles. */
function aPartner() {
  const partner = cloud.partner(unique('users'));
  const as = (roles: string[], sub = 'none') => cloud.as({ partnerId: partner.id, roles, sub });
  const admin = as(['admin', 'billing']);
  return {
    ...partner,
    as,
    admin,
    aUser: async (fields: object = {}): Promise<User> =>
      is(201, await admin.post<User>('/v1/users', { email: anAddress(), roles: ['billing'], ...fields })),
    users: async (query = ''): Promise<User[]> => is(200, await admin.get<Page<User>>(`/v1/users${query}`)).items,
  };
}

const acme = aPartner();
const globex = aPartner();
let customerId: string;
let theirs: User;

beforeAll(async () => {
  await acme.api.get('/v1/partner');
  customerId = (await acme.aCustomer()).id;
  theirs = await globex.aUser();
});

const ids = (users: readonly User[]) => users.map(({ id }) => id).sort();
const signedIn = async ({ email }: User): Promise<ApiClient> => cloud.api(await pool.signIn(email));

describe('a partner’s own user', () => {
  test('is invited with names and roles, and belongs to the partner', async () => {
    const email = anAddress();
    const answer = await acme.admin.post<User>('/v1/users', {
      email,
      firstName: 'Ada',
      lastName: 'Lovelace',
      roles: ['billing', 'admin'],
    });
    const user = is(201, answer);
    expect(user).toEqual({
      id: expect.stringMatching(/^[\w-]{36}$/),
      email,
      firstName: 'Ada',
      lastName: 'Lovelace',
      partnerId: acme.id,
      roles: ['admin', 'billing'],
      state: 'invited',
      active: true,
      createdAt: expect.any(String),
    });
    expect(answer.headers.get('location')).toBe(`/v1/users/${user.id}`);
    const read = await acme.admin.get<User>(`/v1/users/${user.id}`);
    expect(is(200, read)).toEqual(user);
    expect(read.headers.get('etag')).toBe(answer.headers.get('etag'));
    expect(is(200, await (await signedIn(user)).get('/v1/partner'))).toMatchObject({ id: acme.id });
    expect(await acme.users(`?email=${email.toUpperCase()}`)).toEqual([{ ...user, state: 'active' }]);
  });

  test('is invited once per Idempotency-Key', async () => {
    const body = { email: anAddress(), roles: ['billing'] };
    const key = { 'idempotency-key': body.email };
    const first = is(201, await acme.admin.post<User>('/v1/users', body, key));
    expect(is(201, await acme.admin.post<User>('/v1/users', body, key))).toEqual(first);
    expectProblem(await acme.admin.post('/v1/users', body), 409, 'email_taken');
  });

  test('cannot be of another partner, nor of a customer that is not the partner’s', async () => {
    const body = { email: anAddress(), roles: ['billing'] };
    expectInvalid(await acme.admin.post('/v1/users', { ...body, partnerId: globex.id }), [
      ['/partnerId', 'unknown_field'],
    ]);
    const ofCustomer = { ...body, customerId, roles: ['customer_user'] };
    expectInvalid(await globex.admin.post('/v1/users', ofCustomer), [['/customerId', 'not_found']]);
    expectInvalid(await acme.admin.post('/v1/users', { ...body, customerId }), [['/roles/0', 'role_of_others']]);
    expectInvalid(await acme.admin.post('/v1/users', { ...body, roles: ['platform'] }), [
      ['/roles/0', 'invalid_value'],
    ]);
  });

  test('is renamed, and loses a name with null', async () => {
    const user = await acme.aUser({ firstName: 'Ada', lastName: 'King' });
    const path = `/v1/users/${user.id}`;
    const renamed = await acme.admin.patch<User>(path, { firstName: null, lastName: 'Lovelace' });
    const { firstName: _firstName, ...rest } = user;
    expect(is(200, renamed)).toEqual({ ...rest, lastName: 'Lovelace' });
    expectProblem(await acme.admin.patch(path, {}, { 'if-match': '"stale"' }), 412, 'precondition_failed');
    is(200, await acme.admin.patch(path, {}, { 'if-match': renamed.headers.get('etag') ?? '' }));
    expect(await acme.users(`?email=${user.email}`)).toEqual([renamed.body]);
  });

  test('can be invited again until the first sign-in', async () => {
    const user = await acme.aUser();
    const again = `/v1/users/${user.id}/invite-again`;
    is(204, await acme.as(['provisioning']).post(again));
    await pool.signIn(user.email);
    expectProblem(await acme.admin.post(again), 409, 'wrong_state');
  });

  test('cannot sign in while deactivated', async () => {
    const user = await acme.aUser();
    const path = `/v1/users/${user.id}`;
    const deactivated = is(200, await acme.admin.patch<User>(path, { active: false }));
    expect(deactivated).toEqual({ ...user, state: 'disabled', active: false });
    expect(is(200, await acme.admin.patch<User>(path, { active: false }))).toEqual(deactivated);
    await expect(pool.signIn(user.email)).rejects.toThrow();
    expect(is(200, await acme.admin.patch<User>(path, { active: true })).active).toBe(true);
    is(200, await (await signedIn(user)).get('/v1/orders'));
  });

  test('is not found after its deletion', async () => {
    const user = await acme.aUser();
    const path = `/v1/users/${user.id}`;
    expectProblem(await acme.admin.del(path, { 'if-match': '"stale"' }), 412, 'precondition_failed');
    is(204, await acme.admin.del(path));
    expectProblem(await acme.admin.get(path), 404, 'not_found');
    expectProblem(await acme.admin.del(path), 404, 'not_found');
    expect(await acme.users(`?email=${user.email}`)).toEqual([]);
  });

  test('is not found by another partner', async () => {
    const path = `/v1/users/${theirs.id}`;
    for (const answer of [
      await acme.admin.get(path),
      await acme.admin.patch(path, { active: false }),
      await acme.admin.del(path),
      await acme.admin.post(`${path}/invite-again`),
      await acme.admin.put(`${path}/roles/billing`),
      await acme.admin.del(`${path}/roles/billing`),
    ]) {
      expectProblem(answer, 404, 'not_found');
    }
    expect(is(200, await globex.admin.get(path))).toEqual(theirs);
    const root = is(201, await platform.post<User>('/v1/platform/users', { email: anAddress(), roles: ['platform'] }));
    expectProblem(await acme.admin.get(`/v1/users/${root.id}`), 404, 'not_found');
  });
});

describe('the list of a partner’s users', () => {
  test('has exactly the users of the partner and of its customers, page by page', async () => {
    const partner = aPartner();
    const customer = await partner.aCustomer();
    const [one, other, ofCustomer] = [
      await partner.aUser(),
      await partner.aUser(),
      await partner.aUser({ customerId: customer.id, roles: ['customer_user'] }),
    ];
    const first = is(200, await partner.admin.get<Page<User>>('/v1/users?limit=2'));
    const rest = is(200, await partner.admin.get<Page<User>>(`/v1/users?limit=2&cursor=${first.nextCursor}`));
    expect(first.items).toHaveLength(2);
    expect(rest).not.toHaveProperty('nextCursor');
    expect(ids([...first.items, ...rest.items])).toEqual(ids([one, other, ofCustomer]));
    expect(await partner.users(`?customerId=${customer.id}`)).toEqual([ofCustomer]);
    expect(await partner.users(`?customerId=${customerId}`)).toEqual([]);
    expect(await globex.users()).toEqual([theirs]);
  });

  test('shows what the wholesaler does with the partner’s users', async () => {
    const partner = aPartner();
    await partner.aCustomer();
    const body = { email: anAddress(), partnerId: partner.id, roles: ['admin'] };
    const user = is(201, await platform.post<User>('/v1/platform/users', body));
    is(201, await platform.put(`/v1/platform/users/${user.id}/roles/support`));
    expect(await partner.users()).toEqual([{ ...user, roles: ['admin', 'support'] }]);
    is(204, await platform.del(`/v1/platform/users/${user.id}/roles/admin`));
    expect(await partner.users()).toEqual([{ ...user, roles: ['support'] }]);
    is(204, await platform.del(`/v1/platform/users/${user.id}`));
    expect(await partner.users()).toEqual([]);
  });

  test('is repaired from the user pool', async () => {
    const partner = aPartner();
    const customer = await partner.aCustomer();
    const [gone, changed, orphan] = [
      await partner.aUser(),
      await partner.aUser(),
      await partner.aUser({ customerId: customer.id, roles: ['customer_user'] }),
    ];
    // As an administrator of the pool, or an earlier release, would have it.
    const early = anAddress();
    await pool.ask('AdminCreateUser', {
      Username: early,
      UserAttributes: [
        { Name: 'email', Value: early },
        { Name: 'custom:partner_id', Value: partner.id },
      ],
    });
    await pool.ask('AdminAddUserToGroup', { Username: early, GroupName: 'support' });
    await pool.ask('AdminDeleteUser', { Username: gone.id });
    await pool.signIn(changed.email);
    await pool.ask('AdminAddUserToGroup', { Username: changed.id, GroupName: 'admin' });
    await eventually(async () => {
      const users = await partner.users();
      expect(users).toHaveLength(3);
      expect(users).toEqual(
        expect.arrayContaining([
          expect.objectContaining({ email: early, roles: ['support'], state: 'invited' }),
          { ...changed, roles: ['admin', 'billing'], state: 'active' },
          orphan,
        ]),
      );
    });
  });
});

describe('a role', () => {
  test('can be given only by users who hold it', async () => {
    const provisioning = acme.as(['provisioning']);
    const body = () => ({ email: anAddress() });
    expectProblem(await provisioning.post('/v1/users', { ...body(), roles: ['admin'] }), 403, 'role_not_held');
    expectProblem(
      await provisioning.post('/v1/users', { ...body(), roles: ['provisioning', 'support'] }),
      403,
      'role_not_held',
    );
    is(201, await provisioning.post('/v1/users', { ...body(), roles: ['provisioning'] }));
    const ofCustomer = { ...body(), customerId, roles: ['customer_admin', 'customer_user'] };
    is(201, await provisioning.post('/v1/users', ofCustomer));

    const { id } = await acme.aUser();
    expectProblem(await acme.admin.put(`/v1/users/${id}/roles/support`), 403, 'role_not_held');
    expect(is(201, await acme.admin.put<User>(`/v1/users/${id}/roles/admin`)).roles).toEqual(['admin', 'billing']);
    expect(is(200, await acme.admin.put<User>(`/v1/users/${id}/roles/admin`)).roles).toEqual(['admin', 'billing']);
    expect(is(200, await acme.admin.get<User>(`/v1/users/${id}`)).roles).toEqual(['admin', 'billing']);
  });

  test('of another kind of user is refused, and an unknown one is not found', async () => {
    const { id } = await acme.aUser();
    for (const role of ['platform', 'customer_admin']) {
      expectInvalid(await acme.admin.put(`/v1/users/${id}/roles/${role}`), [['/path/role', 'role_of_others']]);
    }
    expectProblem(await acme.admin.put(`/v1/users/${id}/roles/root`), 404, 'not_found');
    expectProblem(await acme.admin.del(`/v1/users/${id}/roles/support`), 404, 'not_found');
  });

  test('can be withdrawn unless it is the user’s last', async () => {
    const { id } = await acme.aUser({ roles: ['admin', 'billing'] });
    await acme.aUser({ roles: ['admin'] });
    is(204, await acme.admin.del(`/v1/users/${id}/roles/admin`));
    expectProblem(await acme.admin.del(`/v1/users/${id}/roles/billing`), 409, 'last_role');
    expect(is(200, await acme.admin.get<User>(`/v1/users/${id}`)).roles).toEqual(['billing']);
    const { id: admin } = await acme.aUser({ roles: ['admin'] });
    expectProblem(await acme.admin.del(`/v1/users/${admin}/roles/admin`), 409, 'last_role');
  });
});

describe('the last active admin of a partner', () => {
  test('stays', async () => {
    const partner = aPartner();
    await partner.aCustomer();
    const [one, other] = [
      await partner.aUser({ roles: ['admin', 'billing'] }),
      await partner.aUser({ roles: ['admin'] }),
    ];
    is(200, await partner.admin.patch(`/v1/users/${other.id}`, { active: false }));
    const path = `/v1/users/${one.id}`;
    expectProblem(await partner.admin.patch(path, { active: false }), 409, 'last_admin');
    expectProblem(await partner.admin.del(path), 409, 'last_admin');
    expectProblem(await partner.admin.del(`${path}/roles/admin`), 409, 'last_admin');
    expect(is(200, await partner.admin.get(path))).toEqual(one);

    is(200, await partner.admin.patch(`/v1/users/${other.id}`, { active: true }));
    is(204, await partner.admin.del(`${path}/roles/admin`));
    is(204, await partner.admin.del(path));
    expectProblem(await partner.admin.del(`/v1/users/${other.id}`), 409, 'last_admin');
    // Also when it is this user's only role.
    expectProblem(await partner.admin.del(`/v1/users/${other.id}/roles/admin`), 409, 'last_admin');
    // The wholesaler may.
    is(204, await platform.del(`/v1/platform/users/${other.id}`));
  });

  test('stays when admins remove each other at the same time', async () => {
    const partner = aPartner();
    await partner.aCustomer();
    const [one, other] = [await partner.aUser({ roles: ['admin'] }), await partner.aUser({ roles: ['admin'] })];
    const [first, second] = await Promise.all([
      partner.as(['admin'], one.id).del(`/v1/users/${other.id}`),
      partner.as(['admin'], other.id).patch(`/v1/users/${one.id}`, { active: false }),
    ]);
    expect([first.status, second.status].filter((status) => status < 300)).toHaveLength(1);
    expectProblem(first.status < 300 ? second : first, 409, 'last_admin');
    const left = (await partner.users()).filter(({ active, roles }) => active && roles.includes('admin'));
    expect(left).toHaveLength(1);
  });
});

test('users cannot deactivate or remove themselves', async () => {
  const partner = aPartner();
  await partner.aCustomer();
  const [own] = [await partner.aUser({ roles: ['admin'] }), await partner.aUser({ roles: ['admin'] })];
  const self = await signedIn(own);
  expectProblem(await self.patch(`/v1/users/${own.id}`, { active: false }), 409, 'own_user');
  expectProblem(await self.del(`/v1/users/${own.id}`), 409, 'own_user');
  expect(is(200, await self.patch<User>(`/v1/users/${own.id}`, { firstName: 'Me' })).firstName).toBe('Me');
});

describe('users of a customer', () => {
  test('are seen by the customer’s admin, and no others are', async () => {
    const partner = aPartner();
    const [one, other] = [await partner.aCustomer(), await partner.aCustomer()];
    const admin = await partner.aUser({ customerId: one.id, roles: ['customer_admin'] });
    const user = await partner.aUser({ customerId: one.id, roles: ['customer_user'] });
    const [foreign, ofPartner] = [
      await partner.aUser({ customerId: other.id, roles: ['customer_admin'] }),
      await partner.aUser(),
    ];
    const api = await signedIn(admin);
    expect(ids(is(200, await api.get<Page<User>>('/v1/users')).items)).toEqual(ids([admin, user]));
    expect(is(200, await api.get<Page<User>>(`/v1/users?customerId=${other.id}`)).items).toEqual([]);
    expect(is(200, await api.get(`/v1/users/${user.id}`))).toEqual(user);
    for (const { id } of [foreign, ofPartner]) {
      expectProblem(await api.get(`/v1/users/${id}`), 404, 'not_found');
    }
    expectProblem(await api.patch(`/v1/users/${user.id}`, { active: false }), 403, 'forbidden');
    expectProblem(await (await signedIn(user)).get('/v1/users'), 403, 'forbidden');
  });

  test.each([
    ['alone', ''],
    ['with its services', '?with=services'],
  ])('are deactivated when the customer is deleted %s', async (_how, query) => {
    const partner = aPartner();
    const [customer, kept] = [await partner.aCustomer(), await partner.aCustomer()];
    const [user, other] = [
      await partner.aUser({ customerId: customer.id, roles: ['customer_user'] }),
      await partner.aUser({ customerId: kept.id, roles: ['customer_user'] }),
    ];
    const [theirs, others] = [await signedIn(user), await signedIn(other)];
    is(200, await theirs.get('/v1/customer'));
    is(204, await partner.admin.del(`/v1/customers/${customer.id}${query}`));
    expect(is(200, await partner.admin.get(`/v1/users/${user.id}`))).toMatchObject({
      state: 'disabled',
      active: false,
    });
    const reactivation = await partner.admin.patch(`/v1/users/${user.id}`, { active: true });
    expectProblem(reactivation, 409, 'wrong_state');
    expect(await partner.users(`?customerId=${customer.id}`)).toMatchObject([{ id: user.id, active: false }]);
    expect(is(200, await partner.admin.get<User>(`/v1/users/${other.id}`)).active).toBe(true);
    await expect(pool.signIn(user.email)).rejects.toThrow();
    await eventually(async () => expect((await theirs.get('/v1/customer')).status).toBe(401));
    is(200, await others.get('/v1/customer'));
  });

  test('are not deactivated when the customer has services and stays', async () => {
    const partner = aPartner();
    const { customer } = await partner.aCustomerWithService();
    const user = await partner.aUser({ customerId: customer.id, roles: ['customer_user'] });
    expectProblem(await partner.admin.del(`/v1/customers/${customer.id}`), 409, 'in_use');
    expect(is(200, await partner.admin.get<User>(`/v1/users/${user.id}`)).active).toBe(true);
  });
});

test('the journal has changes of users without personal data', async () => {
  const user = await acme.aUser({ firstName: 'Ada' });
  is(200, await acme.admin.patch(`/v1/users/${user.id}`, { firstName: 'Grace', active: false }));
  const { items } = is(
    200,
    await acme.admin.get<Page<{ route: string; changes: object[] }>>(`/v1/journal?resource=${user.id}`),
  );
  expect(items.map(({ route }) => route)).toEqual(['/v1/users/{userId}', '/v1/users']);
  expect(items[0]?.changes).toEqual(
    expect.arrayContaining([
      { field: 'firstName', withheld: true },
      { field: 'active', before: true, after: false },
      { field: 'state', before: 'invited', after: 'disabled' },
    ]),
  );
  expect(JSON.stringify(items)).not.toMatch(/Ada|Grace|@acme/);
});
