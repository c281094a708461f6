import { REVOCATION_SECONDS, type Revocation } from '../../domain/revocation.ts';
import { itemKinds } from './item-kinds.ts';
import { queryAll } from './queries.ts';
import { put } from './write-requests.ts';
import { write } from './writes.ts';

/** Ends the tokens of a user or an API client that were issued until now. */
export async function addRevocation(subject: string): Promise<void> {
  // Tokens live in real time.
  const revokedAt = Math.floor(Date.now() / 1000);
  const revocation: Revocation = { subject, revokedAt };
  await write(
    put({ ...revocation, expiresAt: revokedAt + REVOCATION_SECONDS, ...itemKinds.revocation.key({ subject }) }),
  );
}

/** All revocations of tokens that can still be valid. They are few: those of half a day. */
export async function readRevocations(): Promise<Revocation[]> {
  return queryAll<Revocation>(itemKinds.revocation.range({}));
}
