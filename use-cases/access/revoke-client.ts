import { removeClient } from '../../adapters/dynamodb/machine-clients.ts';
import { addRevocation } from '../../adapters/dynamodb/revocations.ts';
import type { ClientId, PartnerId } from '../../domain/ids.ts';
import type { MachineClient } from '../../domain/machine-client.ts';
import { readClient } from './read-clients.ts';

/**
 * Revokes an API client.
 *
 * 1. Ends its tokens: every function refuses them within half a minute.
 * 2. Removes the client, which can then request no more tokens. An interrupted request can be repeated until here.
 * 3. Ends the tokens again: one may have been issued between the first two steps.
 *
 * @throws Refusal `no_user_pool`, `not_found`
 * @throws ConditionFailed when a concurrent request removed the client.
 */
export async function revokeClient(
  partnerId: PartnerId,
  clientId: ClientId,
  precondition: (current: MachineClient) => void,
): Promise<MachineClient> {
  const client = await readClient(partnerId, clientId);
  precondition(client);
  await addRevocation(clientId);
  await removeClient(client);
  await addRevocation(clientId);
  return client;
}
