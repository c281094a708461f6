import { randomBytes } from 'node:crypto';
import { absent } from './conditions.ts';
import { itemKinds } from './item-kinds.ts';
import { get } from './reads.ts';
import { retryOnConflict } from './retry-on-conflict.ts';
import { put } from './write-requests.ts';
import { writeIf } from './writes.ts';

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
