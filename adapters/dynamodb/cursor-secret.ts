import { randomBytes } from 'node:crypto';
import { absent, ConditionFailed, get, put, write } from './items.ts';
import { cursorSecretKey } from './keys.ts';

let secret: Promise<string> | undefined;

/** The secret with which this deployment signs its cursors: made by whoever needs it first, then the same for all. */
export function cursorSecret(): Promise<string> {
  secret ??= readOrMake().catch((error) => {
    secret = undefined;
    throw error;
  });
  return secret;
}

async function readOrMake(): Promise<string> {
  const kept = await get<{ secret: string }>(cursorSecretKey);
  if (kept) {
    return kept.secret;
  }
  try {
    const made = randomBytes(32).toString('base64url');
    await write(put({ ...cursorSecretKey, secret: made }, absent));
    return made;
  } catch (error) {
    if (error instanceof ConditionFailed) {
      return readOrMake();
    }
    throw error;
  }
}
