import { randomBytes } from 'node:crypto';
import { itemKinds } from './item-kinds.ts';
import { absent, get, put, writeIf } from './items.ts';
import { retryOnConflict } from './retry-on-conflict.ts';

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
  const key = itemKinds.cursorSecret.key({});
  const stored = await retryOnConflict(async () => {
    const existing = await get<{ secret: string }>(key);
    const created = { secret: randomBytes(32).toString('base64url') };
    return existing ?? ((await writeIf(put({ ...key, ...created }, absent))) ? created : undefined);
  });
  return stored.secret;
}
