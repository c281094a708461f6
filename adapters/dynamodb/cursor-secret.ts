import { randomBytes } from 'node:crypto';
import { absent, ConditionFailed, get, put, write } from './items.ts';
import { cursorSecretKey } from './keys.ts';

let secret: Promise<string> | undefined;

/** The secret that signs this deployment's cursors. The first caller creates it. */
export function cursorSecret(): Promise<string> {
  secret ??= getOrCreate().catch((error) => {
    secret = undefined;
    throw error;
  });
  return secret;
}

async function getOrCreate(): Promise<string> {
  const existing = await get<{ secret: string }>(cursorSecretKey);
  if (existing) {
    return existing.secret;
  }
  try {
    const created = randomBytes(32).toString('base64url');
    await write(put({ ...cursorSecretKey, secret: created }, absent));
    return created;
  } catch (error) {
    if (error instanceof ConditionFailed) {
      return getOrCreate();
    }
    throw error;
  }
}
