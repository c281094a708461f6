import { hashOfSecret, newClientSecret } from '../../adapters/client-secrets.ts';
import { insertClient } from '../../adapters/dynamodb/machine-clients.ts';
import { getPartner } from '../../adapters/dynamodb/partners.ts';
import { partnerRoles } from '../../domain/access.ts';
import type { NewId, PartnerId } from '../../domain/ids.ts';
import type { MachineClient, MachineRole } from '../../domain/machine-client.ts';
import { orNotFound, Refusal } from '../refusal.ts';
import { requireUserPool } from './require-user-pool.ts';

/**
 * Creates an API client of a partner.
 *
 * @returns the client with its secret, of which only a hash is stored.
 * @throws Refusal `no_user_pool`, `not_found`, `name_taken`
 */
export async function createClient(
  partnerId: PartnerId,
  input: { name: string; roles: readonly MachineRole[] },
  { now, newId }: { now: Date; newId: NewId },
): Promise<MachineClient & { secret: string }> {
  requireUserPool();
  orNotFound(await getPartner(partnerId), 'partner', partnerId);
  const secret = newClientSecret();
  const client = await insertClient(
    {
      id: newId('client'),
      name: input.name,
      partnerId,
      roles: partnerRoles.filter((role) => input.roles.includes(role)),
      createdAt: now.toISOString(),
    },
    { secretHash: hashOfSecret(secret) },
  );
  if (client === 'name_taken') {
    throw new Refusal('name_taken', `The partner already has a client named ${JSON.stringify(input.name)}.`);
  }
  return { ...client, secret };
}
