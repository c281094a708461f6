import { deleteMachineClient, getMachineClient } from '../../adapters/cognito/machine-clients.ts';
import type { PartnerId } from '../../domain/ids.ts';
import type { MachineClient } from '../../domain/machine-client.ts';
import { notFound } from '../refusal.ts';
import { requireUserPool } from './require-user-pool.ts';
import { syncAudiences } from './sync-audiences.ts';

/**
 * Revokes an API client.
 *
 * 1. Deletes the client, which can no longer request tokens.
 * 2. Removes it from the audiences that the API accepts, so that its existing tokens are rejected. This also happens when
 *    the client is already gone: repeating an interrupted revocation completes it.
 *
 * @throws Refusal `no_user_pool`, `not_found`
 */
export async function revokeClient(
  partnerId: PartnerId,
  clientId: string,
  precondition: (current: MachineClient) => void,
): Promise<void> {
  requireUserPool();
  const client = await getMachineClient(partnerId, clientId);
  if (client) {
    precondition(client);
    await deleteMachineClient(clientId);
  }
  await syncAudiences();
  if (!client) {
    throw notFound('client of the partner', clientId);
  }
}
