import { clientPosition, getClient, queryClients } from '../../adapters/dynamodb/machine-clients.ts';
import { getPartner } from '../../adapters/dynamodb/partners.ts';
import type { ClientId, PartnerId } from '../../domain/ids.ts';
import type { MachineClient } from '../../domain/machine-client.ts';
import { fillPage, type PageRequest } from '../fill-page.ts';
import { orNotFound } from '../refusal.ts';
import { requireUserPool } from './require-user-pool.ts';

/**
 * Reads an API client of a partner.
 *
 * @throws Refusal `no_user_pool`, `not_found`
 */
export async function readClient(partnerId: PartnerId, clientId: ClientId): Promise<MachineClient> {
  requireUserPool();
  return orNotFound(await getClient(partnerId, clientId), 'client of the partner', clientId);
}

/**
 * Reads a page of a partner's API clients, in the order of their creation.
 *
 * @throws Refusal `no_user_pool`, `not_found`
 */
export async function listClients(
  partnerId: PartnerId,
  page: PageRequest,
): Promise<{ items: MachineClient[]; next?: string }> {
  requireUserPool();
  orNotFound(await getPartner(partnerId), 'partner', partnerId);
  return fillPage(
    page,
    (limit, after) => queryClients(partnerId, limit, after),
    () => true,
    clientPosition,
  );
}
