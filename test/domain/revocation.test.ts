import { expect, test } from '@jest/globals';
import { MACHINE_TOKEN_HOURS } from '../../domain/machine-client.ts';
import { isRevoked, REVOCATION_SECONDS } from '../../domain/revocation.ts';

test('a revocation ends the tokens issued until then, and none issued later', () => {
  const revocation = { subject: 'cli_1', revokedAt: 1000 };
  expect([999, 1000, 1001, undefined].map((issuedAt) => isRevoked(revocation, issuedAt))).toEqual([
    true,
    true,
    false,
    true,
  ]);
});

test('a revocation is kept for longer than any token is valid', () => {
  expect(REVOCATION_SECONDS).toBeGreaterThan(MACHINE_TOKEN_HOURS * 3600);
});
