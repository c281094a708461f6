import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

/**
 * A secret that only the sender of a request knows and the table does not contain (an `Idempotency-Key`, the secret of an API client),
 * and what the text belongs to.
 */
export type Sealer = { key: string; fingerprint: string };

const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Encrypts a text that shows a secret, so that it can be stored and repeated to the same sender. */
export function sealText(text: string, sealer: Sealer): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, keyOf(sealer), nonce);
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64url');
}

/** @throws Error when the text was sealed by another sender, or was changed */
export function openText(sealed: string, sealer: Sealer): string {
  const bytes = Buffer.from(sealed, 'base64url');
  const decipher = createDecipheriv(CIPHER, keyOf(sealer), bytes.subarray(0, NONCE_BYTES), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
  const opened = [decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()];
  return Buffer.concat(opened).toString('utf8');
}

function keyOf({ key, fingerprint }: Sealer): Buffer {
  return Buffer.from(hkdfSync('sha256', key, fingerprint, 'response to an Idempotency-Key', 32));
}
