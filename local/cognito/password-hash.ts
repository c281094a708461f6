import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';

/** Cheaper than the default: tests give passwords to many users, and nobody's real password is here. */
const COST: ScryptOptions = { N: 2 ** 12 };
const KEY_BYTES = 32;
const SALT_BYTES = 16;

/** A salted hash of a password, by which the password can be recognised but not found. */
export async function hashOfPassword(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  return [salt, await keyOf(password, salt)].map((bytes) => bytes.toString('base64')).join(':');
}

/** Whether a hash is of this password. No password has an undefined hash. */
export async function isHashOf(password: string, hash: string | undefined): Promise<boolean> {
  const [salt, key] = (hash ?? '').split(':').map((text) => Buffer.from(text, 'base64'));
  return salt !== undefined && key?.length === KEY_BYTES && timingSafeEqual(await keyOf(password, salt), key);
}

function keyOf(password: string, salt: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(password, salt, KEY_BYTES, COST, (error, key) => (error ? reject(error) : resolve(key)));
  });
}
