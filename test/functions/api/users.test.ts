import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { cognito } from '../../../adapters/cognito/user-pool.ts';
import { queryUsers } from '../../../adapters/cognito/users.ts';
import { routes } from '../../../functions/api/users.ts';
import { localUserPool } from '../../adapters/cognito/local-user-pool.ts';

let pool: Awaited<ReturnType<typeof localUserPool>>;

beforeAll(async () => {
  // One that lacks a group: to be put into it fails.
  pool = await localUserPool({ groups: [] });
  Object.assign(process.env, {
    USER_POOL_ID: pool.userPoolId,
    AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: pool.endpoint,
    AWS_REGION: 'eu-west-2',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
  });
});
afterAll(async () => {
  cognito().destroy();
  await pool.stop();
});

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
