import { MAX_AUDIENCES } from '../../adapters/api-gateway/audiences.ts';
import {
  clientsOf,
  createMachineClient,
  deleteMachineClient,
  listAllClients,
} from '../../adapters/cognito/machine-clients.ts';
import { getPartner } from '../../adapters/dynamodb/partners.ts';
import { partnerRoles } from '../../domain/access.ts';
import type { PartnerId } from '../../domain/ids.ts';
import type { MachineClient, MachineRole } from '../../domain/machine-client.ts';
import { orNotFound, Refusal } from '../refusal.ts';
import { requireUserPool } from './require-user-pool.ts';
import { syncAudiences } from './sync-audiences.ts';

/**
 * Creates an API client of a partner.
 *
 * 1. Checks that the partner exists, its client names stay unique and the API accepts another client.
 * 2. Creates the client with one scope per role.
 * 3. Adds it to the audiences that the API accepts. If that fails, deletes the client again.
 *
 * @returns the client with its secret, which is not stored.
 * @throws Refusal `no_user_pool`, `not_found`, `name_taken`, `too_many`
 */
export async function createClient(
  partnerId: PartnerId,
  input: { name: string; roles: readonly MachineRole[] },
): Promise<MachineClient & { secret: string }> {
  requireUserPool();
  orNotFound(await getPartner(partnerId), 'partner', partnerId);
  const existing = await listAllClients();
  if (existing.length >= MAX_AUDIENCES) {
    throw tooManyClients();
  }
  if (clientsOf(partnerId, existing).some(({ name }) => name === input.name)) {
    throw new Refusal('name_taken', `The partner already has a client named ${JSON.stringify(input.name)}.`);
  }
  const roles = partnerRoles.filter((role) => input.roles.includes(role));
  const client = await createMachineClient(partnerId, { name: input.name, roles });
  if (!client) {
    throw new Refusal('too_many', 'The user pool cannot hold another partner. Raise its quota of resource servers.');
  }
  await admitClient(client.id);
  return client;
}

/** Makes the API accept a new client's tokens, or deletes the client. */
async function admitClient(id: string): Promise<void> {
  try {
    // Other clients may have been created since they were counted.
    if ((await syncAudiences()) === 'too many') {
      throw tooManyClients();
    }
  } catch (error) {
    await deleteMachineClient(id);
    throw error;
  }
}

function tooManyClients(): Refusal {
  return new Refusal(
    'too_many',
    `The API accepts tokens of at most ${MAX_AUDIENCES} clients, including the one for users. Revoke a client first, or use an external token issuer.`,
  );
}
