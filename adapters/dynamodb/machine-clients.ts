import type { ClientId, PartnerId } from '../../domain/ids.ts';
import type { MachineClient, SecretHashes } from '../../domain/machine-client.ts';
import { absent, ConditionFailed, exists } from './conditions.ts';
import { itemKinds } from './item-kinds.ts';
import { clientNameKey } from './keys.ts';
import { query } from './queries.ts';
import { get } from './reads.ts';
import { put, remove } from './write-requests.ts';
import { createIdempotent, transact, updateAndGet, write } from './writes.ts';

/**
 * What the token endpoint needs to know of a client, in an item of its own: a request for a token names the client but not its
 * partner.
 */
export type ClientCredentials = Pick<MachineClient, 'id' | 'partnerId' | 'roles'> & SecretHashes;

const keyOf = ({ partnerId, id }: Pick<MachineClient, 'partnerId' | 'id'>) => itemKinds.client.key({ partnerId, id });

const credentialsItem = ({ id, partnerId, roles }: MachineClient, hashes: SecretHashes) => ({
  id,
  partnerId,
  roles,
  ...hashes,
  ...itemKinds.clientCredentials.key({ clientId: id }),
});

/**
 * Creates a client. If an earlier attempt created it, replaces its secret, which nobody has received.
 *
 * @returns `name_taken` when the partner has a client of that name.
 */
export async function insertClient(client: MachineClient, hashes: SecretHashes): Promise<MachineClient | 'name_taken'> {
  const { id, partnerId, name } = client;
  try {
    const earlier = await createIdempotent<MachineClient>(keyOf(client), [
      put({ ...client, ...keyOf(client) }, absent),
      put(credentialsItem(client, hashes), absent),
      put({ ...clientNameKey(partnerId, name), clientId: id }, absent),
    ]);
    if (earlier) {
      await write(put(credentialsItem(earlier, hashes), exists));
    }
    return earlier ?? client;
  } catch (error) {
    if (error instanceof ConditionFailed) {
      return 'name_taken';
    }
    throw error;
  }
}

export async function getClient(partnerId: PartnerId, id: ClientId): Promise<MachineClient | undefined> {
  return get<MachineClient>(itemKinds.client.key({ partnerId, id }));
}

/** Where a list of clients continues after one. */
export const clientPosition = ({ id }: Pick<MachineClient, 'id'>) => itemKinds.client.sk({ id });

/** The clients of a partner, in the order of their creation. */
export async function queryClients(partnerId: PartnerId, limit: number, after: string | undefined) {
  return query<MachineClient>({ ...itemKinds.client.range({ partnerId }), after }, limit);
}

/** Removes a client, which can then request no more tokens. @throws ConditionFailed when it is gone already. */
export async function removeClient(client: MachineClient): Promise<void> {
  const { id, partnerId, name } = client;
  await transact([
    remove(keyOf(client), exists),
    remove(itemKinds.clientCredentials.key({ clientId: id })),
    remove(clientNameKey(partnerId, name)),
  ]);
}

export async function getCredentials(clientId: ClientId): Promise<ClientCredentials | undefined> {
  return get<ClientCredentials>(itemKinds.clientCredentials.key({ clientId }));
}

/** Replaces the secrets of a client. @throws ConditionFailed when they have changed since they were read, or the client is gone. */
export async function saveSecretHashes(before: ClientCredentials, hashes: SecretHashes): Promise<void> {
  const { previous: _previous, ...unchanged } = before;
  await write(
    put(
      { ...unchanged, ...hashes, ...itemKinds.clientCredentials.key({ clientId: before.id }) },
      {
        expression: '#hash = :before',
        names: { '#hash': 'secretHash' },
        values: { ':before': before.secretHash },
      },
    ),
  );
}

/** A token that was issued, sealed with the secret of its client. `expiresAt`: in seconds of real time. */
export type StoredToken = { sealed: string; expiresAt: number };

/** @param use identifies the secret and the scopes for which the token was issued. */
export async function getToken(clientId: ClientId, use: string): Promise<StoredToken | undefined> {
  return get<StoredToken>(itemKinds.clientToken.key({ clientId, use }));
}

export async function saveToken(clientId: ClientId, use: string, token: StoredToken): Promise<void> {
  await write(put({ ...token, ...itemKinds.clientToken.key({ clientId, use }) }));
}

/** The count of a day expires after two days, in seconds. */
const COUNT_LIFETIME_SECONDS = 2 * 86_400;

/** Counts a new token of a client. @returns the number of new tokens on this day, with this one. */
export async function countNewToken(clientId: ClientId, now: Date): Promise<number> {
  const key = itemKinds.clientTokenCount.key({ clientId, day: now.toISOString().slice(0, 10) });
  const expiresAt = Math.floor(now.getTime() / 1000) + COUNT_LIFETIME_SECONDS;
  return (await updateAndGet<{ tokens: number }>(key, { add: { tokens: 1 }, setIfAbsent: { expiresAt } })).tokens;
}
