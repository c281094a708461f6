import { describe, expect, test } from '@jest/globals';
import { isPushSigned } from '../../../adapters/operators/control-center/push-signature.ts';

/** `printf 2026-03-02T10:15:00Z | openssl dgst -sha256 -hmac a-shared-secret -binary | base64` */
const signature = 'I//3fCffi8kbujCo9AzChVqycaxV+dPyV1Vh7PPGw9U=';

describe('the signature of a push message', () => {
  test('is that of its timestamp with the shared secret', () => {
    expect(isPushSigned('2026-03-02T10:15:00Z', signature, 'a-shared-secret')).toBe(true);
  });

  test.each([
    ['another timestamp', '2026-03-02T10:15:01Z', signature],
    ['no signature', '2026-03-02T10:15:00Z', ''],
    ['a part of it', '2026-03-02T10:15:00Z', signature.slice(0, 20)],
    ['something else', '2026-03-02T10:15:00Z', 'not base64 at all'],
  ])('is wrong with %s', (_what, timestamp, given) => {
    expect(isPushSigned(timestamp, given, 'a-shared-secret')).toBe(false);
  });

  test('is wrong with another secret', () => {
    expect(isPushSigned('2026-03-02T10:15:00Z', signature, 'another-secret')).toBe(false);
  });
});
