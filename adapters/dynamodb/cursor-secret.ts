import { randomBytes } from 'node:crypto';
import { absent, ConditionFailed, get, put, write } from './items.ts';
import { cursorSecretKey } from './keys.ts';

let secret: Promise<string> | undefined;

/** The secret with which this deployment signs its cursors: made by whoever needs it first, then the same for all. */
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
