import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * Whether the operator has signed a push message: with HMAC-SHA-256 of its timestamp alone, in base64. The signature therefore does
 * not vouch for the rest of the message.
 */
export function isPushSigned(timestamp: string, signature: string, secret: string): boolean {
  const expected = createHmac('sha256', secret).update(timestamp).digest();
  const given = Buffer.from(signature, 'base64');
  return given.length === expected.length && timingSafeEqual(given, expected);
}
