import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { queryUsers } from '../../../adapters/cognito/users.ts';
import { inviteUser } from '../../../use-cases/access/invite-user.ts';
import { localUserPool } from '../../adapters/cognito/local-user-pool.ts';

let pool: Awaited<ReturnType<typeof localUserPool>>;

beforeAll(async () => {
  // The pool lacks the group of every role, so that granting a role fails.
  pool = await localUserPool({ groups: [] });
});
afterAll(() => pool.stop());

test('a user who cannot be granted all roles is deleted again', async () => {
  const email = 'root@wholesaler.example';
  await expect(inviteUser({ email, roles: ['platform'] }, { kind: 'platform', userId: 'root' })).rejects.toThrow(
    'Group not found.',
  );
  expect(await queryUsers({ email }, 1, undefined)).toEqual({ items: [] });
});
