import { hashOfSecret, newClientSecret } from '../../adapters/client-secrets.ts';
import { getCredentials, saveSecretHashes } from '../../adapters/dynamodb/machine-clients.ts';
import type { ClientId, PartnerId } from '../../domain/ids.ts';
import { type MachineClient, rotateSecretHash } from '../../domain/machine-client.ts';
import { orNotFound } from '../refusal.ts';
import { readClient } from './read-clients.ts';

/**
 * Gives an API client a second secret. The first one stays valid for a day.
 *
 * @returns the client with its new secret, of which only a hash is stored.
 * @throws Refusal `no_user_pool`, `not_found`
 * @throws ConditionFailed when a concurrent request rotated the secret.
 */
export async function rotateClientSecret(
  partnerId: PartnerId,
  clientId: ClientId,
  now: Date,
): Promise<MachineClient & { secret: string; previousSecretValidUntil: string }> {
  const client = await readClient(partnerId, clientId);
  const credentials = orNotFound(await getCredentials(clientId), 'client of the partner', clientId);
  const secret = newClientSecret();
  const hashes = rotateSecretHash(credentials, hashOfSecret(secret), now);
  await saveSecretHashes(credentials, hashes);
  return { ...client, secret, previousSecretValidUntil: hashes.previous?.until ?? now.toISOString() };
}
