import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { clientsOf, createMachineClient, listAllClients } from '../../../adapters/cognito/machine-clients.ts';
import {
  addRole,
  createUser,
  deleteUser,
  getUser,
  sendInvitationAgain,
  withdrawRole,
} from '../../../adapters/cognito/users.ts';
import { asId } from '../../../domain/ids.ts';
import { localUserPool } from './local-user-pool.ts';

let pool: Awaited<ReturnType<typeof localUserPool>>;

beforeAll(async () => {
  pool = await localUserPool({ groups: ['admin'] });
});
afterAll(() => pool.stop());

describe('users of a pool', () => {
  test('have a valid email address', async () => {
    expect(await createUser({ email: 'nobody' })).toBe('invalid_email');
  });

  test('that have been deleted are reported as missing by every call', async () => {
    const user = await createUser({ email: 'ada@acme.example', partnerId: asId('partner', 'acme') });
    if (typeof user === 'string') {
      throw new Error(user);
    }
    expect(await createUser({ email: 'Ada@Acme.example' })).toBe('email_taken');
    expect(await addRole(user.id, 'admin')).toBe(true);
    expect(await deleteUser(user.id)).toBe(true);
    expect(await getUser(user.id)).toBeUndefined();
    expect(await addRole(user.id, 'admin')).toBe(false);
    expect(await withdrawRole(user.id, 'admin')).toBe(false);
    expect(await sendInvitationAgain(user)).toBe(false);
    expect(await deleteUser(user.id)).toBe(false);
  });
});

describe('clients of partners’ systems', () => {
  test('are found in lists of any length, and never belong to another partner', async () => {
    for (let count = 0; count < 61; count += 1) {
      await createMachineClient(asId('partner', 'acme'), { name: `Client ${count}`, roles: ['admin'] });
    }
    await createMachineClient(asId('partner', 'acme-2'), { name: 'Client 0', roles: ['admin'] });
    const all = await listAllClients();
    expect(all).toHaveLength(63);
    expect(clientsOf(asId('partner', 'acme'), all)).toHaveLength(61);
    expect(clientsOf(asId('partner', 'acme-2'), all).map(({ name }) => name)).toEqual(['Client 0']);
    expect(clientsOf(asId('partner', 'Acme'), all)).toEqual([]);
    expect(clientsOf(asId('partner', 'UsersPeople'), all)).toEqual([]);
  });

  test('exist for as many partners as the pool can hold', async () => {
    for (let partner = 3; partner <= 25; partner += 1) {
      expect(
        await createMachineClient(asId('partner', `partner-${partner}`), { name: 'One', roles: ['billing'] }),
      ).toBeDefined();
    }
    expect(
      await createMachineClient(asId('partner', 'one-too-many'), { name: 'One', roles: ['billing'] }),
    ).toBeUndefined();
    expect(await createMachineClient(asId('partner', 'partner-25'), { name: 'Two', roles: ['billing'] })).toBeDefined();
  });
});
