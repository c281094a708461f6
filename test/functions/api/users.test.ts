import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { queryUsers } from '../../../adapters/cognito/users.ts';
import { routes } from '../../../functions/api/users.ts';
import { localUserPool } from '../../adapters/cognito/local-user-pool.ts';

let pool: Awaited<ReturnType<typeof localUserPool>>;

beforeAll(async () => {
  // One that lacks a group: to be put into it fails.
  pool = await localUserPool({ groups: [] });
});
afterAll(() => pool.stop());

test('a user who cannot be given all of his roles is taken away again', async () => {
  const invite = routes.find(({ method, path }) => method === 'POST' && path === '/v1/platform/users');
  const email = 'root@wholesaler.example';
  const asked = invite?.handle({
    caller: { kind: 'platform', userId: 'root' },
    path: {},
    query: {},
    body: { email, roles: ['platform'] },
    page: { limit: 0 },
    ifMatch: undefined,
    now: new Date(),
    newId: (kind) => kind,
    headers: {},
  });
  await expect(asked).rejects.toThrow('Group not found.');
  expect(await queryUsers({ email }, 1, undefined)).toEqual({ items: [] });
});
