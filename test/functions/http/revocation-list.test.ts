import { expect, jest, test } from '@jest/globals';
import type { Revocation } from '../../../domain/revocation.ts';
import { createRevocationCheck } from '../../../functions/http/revocation-list.ts';

function setUp() {
  const state = { now: 1_000_000, revocations: [] as Revocation[], fails: false };
  const read = jest.fn(async () => {
    if (state.fails) {
      throw new Error('throttled');
    }
    return state.revocations;
  });
  return { state, read, isRevoked: createRevocationCheck(read, () => state.now) };
}

test('all requests within some seconds share one read', async () => {
  const { state, read, isRevoked } = setUp();
  await Promise.all([isRevoked('a', 1), isRevoked('b', 1), isRevoked('c', 1)]);
  state.now += 19_000;
  await isRevoked('a', 1);
  expect(read).toHaveBeenCalledTimes(1);
  state.now += 2_000;
  await isRevoked('a', 1);
  expect(read).toHaveBeenCalledTimes(2);
});

test('a revocation takes effect within a minute', async () => {
  const { state, isRevoked } = setUp();
  expect(await isRevoked('cli_1', 5)).toBe(false);
  state.revocations = [{ subject: 'cli_1', revokedAt: 10 }];
  state.now += 60_000;
  expect(await isRevoked('cli_1', 5)).toBe(true);
  expect(await isRevoked('cli_1', 11)).toBe(false);
  expect(await isRevoked('cli_2', 5)).toBe(false);
});

test('known revocations stay in effect while they cannot be read again, for less than a minute', async () => {
  const { state, isRevoked } = setUp();
  state.revocations = [{ subject: 'cli_1', revokedAt: 10 }];
  expect(await isRevoked('cli_1', 5)).toBe(true);
  state.fails = true;
  state.now += 30_000;
  expect(await isRevoked('cli_1', 5)).toBe(true);
  state.now += 25_000;
  await expect(isRevoked('cli_1', 5)).rejects.toThrow('throttled');
  state.fails = false;
  expect(await isRevoked('cli_1', 5)).toBe(true);
});
