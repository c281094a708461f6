import { describe, expect, test } from '@jest/globals';
import { newAuthenticatorKey, stepOfCode } from '../../../local/cognito/authenticator-codes.ts';
import { codeOf } from './authenticator-app.ts';

// RFC 6238, appendix B: the key is `12345678901234567890`, of whose eight digits six are used.
const key = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';

describe('the code of an authenticator app', () => {
  test.each<[number, string]>([
    [59, '287082'],
    [1_111_111_109, '081804'],
    [1_234_567_890, '005924'],
    [20_000_000_000, '353130'],
  ])('at %i seconds is that of the specification', (seconds, code) => {
    expect(stepOfCode(key, code, seconds * 1000)).toBe(Math.floor(seconds / 30));
    expect(codeOf(key, seconds * 1000)).toBe(code);
  });

  test('is accepted half a minute early or late, and no more', () => {
    const at = 1_700_000_000_000;
    const code = codeOf(key, at);
    expect([-60, -30, 0, 30, 60].map((seconds) => stepOfCode(key, code, at + seconds * 1000) !== undefined)).toEqual([
      false,
      true,
      true,
      true,
      false,
    ]);
  });

  test('depends on the key', () => {
    expect(newAuthenticatorKey()).toMatch(/^[A-Z2-7]{52}$/);
    expect(newAuthenticatorKey()).not.toBe(newAuthenticatorKey());
  });
});
