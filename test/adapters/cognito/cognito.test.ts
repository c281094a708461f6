import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { allClients, clientsOf, makeMachineClient } from '../../../adapters/cognito/machine-clients.ts';
import { getUser, giveRole, inviteAgain, inviteUser, removeUser, takeRole } from '../../../adapters/cognito/users.ts';
import { localUserPool } from './local-user-pool.ts';

let pool: Awaited<ReturnType<typeof localUserPool>>;

beforeAll(async () => {
  pool = await localUserPool({ groups: ['admin'] });
});
afterAll(() => pool.stop());

describe('users of a pool', () => {
  test('have an address that can be one', async () => {
    expect(await inviteUser({ email: 'nobody' })).toBe('no address');
  });

  test('that are gone meanwhile are told as such, whatever was asked of them', async () => {
    const user = await inviteUser({ email: 'ada@acme.example', partnerId: 'acme' });
    if (typeof user === 'string') {
      throw new Error(user);
    }
    expect(await inviteUser({ email: 'Ada@Acme.example' })).toBe('taken');
    expect(await giveRole(user.id, 'admin')).toBe(true);
    expect(await removeUser(user.id)).toBe(true);
    expect(await getUser(user.id)).toBeUndefined();
    expect(await giveRole(user.id, 'admin')).toBe(false);
    expect(await takeRole(user.id, 'admin')).toBe(false);
    expect(await inviteAgain(user)).toBe(false);
    expect(await removeUser(user.id)).toBe(false);
  });
});

describe('clients of partners’ systems', () => {
  test('are told by a list of all, however long it is, and are never another partner’s', async () => {
    for (let count = 0; count < 61; count += 1) {
      await makeMachineClient('acme', { name: `Client ${count}`, roles: ['admin'] });
    }
    await makeMachineClient('acme-2', { name: 'Client 0', roles: ['admin'] });
    const all = await allClients();
    expect(all).toHaveLength(63);
    expect(clientsOf('acme', all)).toHaveLength(61);
    expect(clientsOf('acme-2', all).map(({ name }) => name)).toEqual(['Client 0']);
    expect(clientsOf('Acme', all)).toEqual([]);
    expect(clientsOf('UsersPeople', all)).toEqual([]);
  });

  test('are of as many partners as the pool has room for', async () => {
    for (let partner = 3; partner <= 25; partner += 1) {
      expect(await makeMachineClient(`partner-${partner}`, { name: 'One', roles: ['billing'] })).toBeDefined();
    }
    expect(await makeMachineClient('one-too-many', { name: 'One', roles: ['billing'] })).toBeUndefined();
    expect(await makeMachineClient('partner-25', { name: 'Two', roles: ['billing'] })).toBeDefined();
  });
});
