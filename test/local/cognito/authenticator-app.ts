import { createHmac } from 'node:crypto';

/**
 * The code that an authenticator app shows (RFC 6238: SHA-1, 30 seconds, six digits).
 *
 * @param key base32, as an app reads it from a QR code.
 */
export function codeOf(key: string, at: number): string {
  const binary = Array.from(key, (letter) => {
    const value = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter);
    return value.toString(2).padStart(5, '0');
  }).join('');
  const bytes = Buffer.alloc(Math.floor(binary.length / 8));
  bytes.forEach((_, index) => {
    bytes[index] = Number.parseInt(binary.slice(index * 8, index * 8 + 8), 2);
  });
  const counter = Buffer.alloc(8);
  counter.writeUInt32BE(Math.floor(at / 30_000), 4);
  const mac = createHmac('sha1', bytes).update(counter).digest();
  const start = (mac[19] ?? 0) % 16;
  const [first = 0, ...rest] = mac.subarray(start, start + 4);
  const number = rest.reduce((sum, byte) => sum * 256 + byte, first % 128);
  return String(number).slice(-6).padStart(6, '0');
}
