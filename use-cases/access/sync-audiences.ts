import { getAudiences, MAX_AUDIENCES, setAudiences } from '../../adapters/api-gateway/audiences.ts';
import { listAllClients } from '../../adapters/cognito/machine-clients.ts';

/** How often the clients are read again when they change during the update. Each of those changes is followed by a sync, too. */
const MAX_ROUNDS = 5;

/**
 * Makes the API accept the tokens of all clients of the user pool, and of no others. The authoriser has a list of its clients,
 * so every change of the clients is followed by a sync.
 *
 * 1. Reads the clients of the user pool.
 * 2. Updates the authoriser's list if it differs.
 * 3. Reads the clients again: of several concurrent updates, the last one has seen all changes.
 *
 * @returns `too many` when there are more clients than the list can hold. Then none is added.
 */
export async function syncAudiences(): Promise<'unchanged' | 'updated' | 'too many'> {
  let audiences = await getAudiences();
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const clients = (await listAllClients()).map(({ id }) => id);
    const areTooMany = clients.length > MAX_AUDIENCES;
    const wanted = areTooMany ? audiences.filter((id) => clients.includes(id)) : clients;
    if (haveSameItems(audiences, wanted)) {
      return areTooMany ? 'too many' : round === 0 ? 'unchanged' : 'updated';
    }
    await setAudiences(wanted);
    audiences = wanted;
  }
  return 'updated';
}

function haveSameItems(a: readonly string[], b: readonly string[]): boolean {
  const items = new Set(a);
  return items.size === new Set(b).size && b.every((item) => items.has(item));
}
