import { createHmac, randomBytes } from 'node:crypto';

/** An authenticator app shows a new code every 30 seconds. */
const STEP_SECONDS = 30;
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** The key of an authenticator app, in base32. */
export function newAuthenticatorKey(): string {
  return Array.from(randomBytes(52), (byte) => BASE32.charAt(byte % BASE32.length)).join('');
}

/**
 * Returns the time step at which an app with this key shows the code (RFC 6238): the present one, or the one before or after it. Undefined
 * for any other code.
 */
export function stepOfCode(key: string, code: string, nowMs: number): number | undefined {
  const present = Math.floor(nowMs / 1000 / STEP_SECONDS);
  return [present - 1, present, present + 1].find((step) => codeAt(key, step) === code);
}

/** RFC 4226: six digits. */
function codeAt(key: string, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac('sha1', bytesOf(key)).update(counter).digest();
  const offset = mac.readUInt8(mac.length - 1) & 0xf;
  const number = (mac.readUInt32BE(offset) & 0x7fff_ffff) % 1_000_000;
  return String(number).padStart(6, '0');
}

function bytesOf(base32: string): Buffer {
  const bits = [...base32].map((letter) => BASE32.indexOf(letter).toString(2).padStart(5, '0')).join('');
  return Buffer.from(bits.match(/.{8}/g)?.map((byte) => Number.parseInt(byte, 2)) ?? []);
}
