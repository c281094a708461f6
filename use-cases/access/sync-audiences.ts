import { getAudiences, MAX_AUDIENCES, setAudiences } from '../../adapters/api-gateway/audiences.ts';
import { listAllClients } from '../../adapters/cognito/machine-clients.ts';

/** So often a list is looked at again that changes while it is set; whoever changed it sets it, too. */
const MAX_ROUNDS = 5;

/**
 * Lets the API take the tokens of all clients of the user pool, and of no others: an authoriser knows its clients only by a
 * list of them. Whoever makes or removes a client calls this afterwards. The list of clients is read again when it is set, so
 * that of several at once the last one to set it has seen what all of them did.
 *
 * @returns `too many` when there are more clients than the list may have: then none is added to it.
 */
export async function syncAudiences(): Promise<'as it was' | 'set' | 'too many'> {
  let audiences = await getAudiences();
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const clients = (await listAllClients()).map(({ id }) => id);
    const areTooMany = clients.length > MAX_AUDIENCES;
    const wanted = areTooMany ? audiences.filter((id) => clients.includes(id)) : clients;
    if (areSame(audiences, wanted)) {
      return areTooMany ? 'too many' : round === 0 ? 'as it was' : 'set';
    }
    await setAudiences(wanted);
    audiences = wanted;
  }
  return 'set';
}

function areSame(some: readonly string[], others: readonly string[]): boolean {
  const all = new Set(some);
  return all.size === new Set(others).size && others.every((one) => all.has(one));
}
