import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

const SECRET_BYTES = 32;

/** Generates the secret of an API client. */
export const newClientSecret = () => randomBytes(SECRET_BYTES).toString('base64url');

/** The hash of a secret. A fast one suffices: a random secret of this length cannot be guessed. */
export const hashOfSecret = (secret: string) => createHash('sha256').update(secret).digest('base64url');

/** Whether a secret has one of these hashes, compared in constant time. */
export function hasHash(secret: string, hashes: readonly string[]): boolean {
  const hash = Buffer.from(hashOfSecret(secret));
  return hashes
    .map((other) => Buffer.from(other))
    .some((other) => other.length === hash.length && timingSafeEqual(hash, other));
}
