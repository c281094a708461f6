import {
  clientsOf,
  getMachineClient,
  getMachineClients,
  listAllClients,
} from '../../adapters/cognito/machine-clients.ts';
import { getPartner } from '../../adapters/dynamodb/partners.ts';
import type { PartnerId } from '../../domain/ids.ts';
import type { MachineClient } from '../../domain/machine-client.ts';
import type { PageRequest } from '../fill-page.ts';
import { orNotFound } from '../refusal.ts';
import { requireUserPool } from './require-user-pool.ts';

/**
 * Reads an API client of a partner.
 *
 * @throws Refusal `no_user_pool`, `not_found`
 */
export async function readClient(partnerId: PartnerId, clientId: string): Promise<MachineClient> {
  requireUserPool();
  return orNotFound(await getMachineClient(partnerId, clientId), 'client of the partner', clientId);
}

/**
 * Reads a page of a partner's API clients, by name. Clients that are revoked at the same time are omitted.
 *
 * @throws Refusal `no_user_pool`, `not_found`
 */
export async function listClients(
  partnerId: PartnerId,
  { limit, after = '' }: PageRequest,
): Promise<{ items: MachineClient[]; next?: string | undefined }> {
  requireUserPool();
  orNotFound(await getPartner(partnerId), 'partner', partnerId);
  const rest = clientsOf(partnerId, await listAllClients()).filter(({ name }) => name > after);
  const page = rest.slice(0, limit);
  const items = await getMachineClients(
    partnerId,
    page.map(({ id }) => id),
  );
  return { items, next: rest.length > limit ? page.at(-1)?.name : undefined };
}
