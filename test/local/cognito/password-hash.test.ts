import { expect, test } from '@jest/globals';
import { hashOfPassword, isHashOf } from '../../../local/cognito/password-hash.ts';

test('a hash recognises its password alone, and is another one each time', async () => {
  const hash = await hashOfPassword('Own-Password-1');
  expect(hash).not.toContain('Own-Password-1');
  expect(await isHashOf('Own-Password-1', hash)).toBe(true);
  expect(await isHashOf('own-password-1', hash)).toBe(false);
  const other = await hashOfPassword('Own-Password-1');
  expect(other).not.toBe(hash);
  expect(await isHashOf('Own-Password-1', other)).toBe(true);
});

test.each([undefined, '', ':', 'c2FsdA==:', 'no hash'])('%j is the hash of no password', async (hash) => {
  expect(await isHashOf('', hash)).toBe(false);
});
