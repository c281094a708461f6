import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { decodeJwt } from 'jose';
import { requestMachineToken } from '../../../adapters/cognito/machine-tokens.ts';
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

describe('a token for an API client', () => {
  const client = {
    id: asId('client', 'cli_1'),
    partnerId: asId('partner', 'acme'),
    roles: ['admin', 'billing'] as const,
  };

  test('has the claims of the client, and the audience of the pool’s own client', async () => {
    const { token, expiresInSeconds } = await requestMachineToken(client);
    expect(decodeJwt(token)).toMatchObject({
      client_id: pool.machineClientId,
      api_client_id: 'cli_1',
      partner_id: 'acme',
      roles: ['admin', 'billing'],
    });
    expect(expiresInSeconds).toBe(7200);
  });

  test('is issued after a deployment has replaced the secret of the pool’s own client', async () => {
    await requestMachineToken(client);
    pool.replaceMachineSecret();
    expect((await requestMachineToken(client)).token).toEqual(expect.any(String));
  });
});
