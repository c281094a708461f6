import { chunksThatFit } from '../../domain/chunks.ts';
import type { PartnerId, ServiceId } from '../../domain/ids.ts';
import { gainAttribute } from '../../domain/service-counts.ts';
import type { Sim } from '../../domain/sim.ts';
import { periodOf } from '../../domain/usage.ts';
import { absent, atVersion, exists } from './conditions.ts';
import { itemKinds } from './item-kinds.ts';
import { serviceKey } from './keys.ts';
import { get } from './reads.ts';
import { ownerItem, saveEntriesOfNew, simItem } from './sims.ts';
import { put, update } from './write-requests.ts';
import { MAX_TRANSACTION_ITEMS, transactIf } from './writes.ts';

/** The services that count a SIM. */
const servicesOfSim = ({ partnerServiceId, customerServiceId }: Pick<Sim, 'partnerServiceId' | 'customerServiceId'>) =>
  customerServiceId === undefined ? [partnerServiceId] : [partnerServiceId, customerServiceId];

/** Divides SIMs into groups that one transaction of `importSims` can save: two items a SIM, one a service, and the partner's count. */
export function groupsToImport(sims: readonly Sim[]): Sim[][] {
  return chunksThatFit(sims, servicesOfSim, (count, services) => 2 * count + services + 1 <= MAX_TRANSACTION_ITEMS);
}

/**
 * Saves a group of imported SIMs, their owner and the counts of their services, all or none. Their entries are saved first.
 *
 * @param versions the versions of the services as the rows were checked against them.
 * @returns false when one of the SIMs exists already, or one of the services has changed.
 */
export async function importSims(
  partnerId: PartnerId,
  sims: readonly Sim[],
  versions: ReadonlyMap<ServiceId, number>,
  at: string,
): Promise<boolean> {
  await saveEntriesOfNew(partnerId, sims);
  const counts = new Map<ServiceId, number>();
  for (const id of sims.flatMap(servicesOfSim)) {
    counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  return transactIf([
    ...sims.flatMap((sim) => [
      put(simItem(partnerId, { ...sim, history: [] }), absent),
      put(ownerItem(partnerId, sim.iccid), absent),
    ]),
    ...[...counts].map(([id, count]) => {
      const version = versions.get(id);
      const add = { sims: count, [gainAttribute(periodOf(at))]: count, joins: 1 };
      return update(serviceKey(partnerId, id), { add }, version === undefined ? exists : atVersion(version));
    }),
    update(itemKinds.importedSims.key({ partnerId }), { add: { sims: sims.length } }),
  ]);
}

/** The number of SIMs that were imported for a partner. */
export async function countImportedSims(partnerId: PartnerId): Promise<number> {
  return (await get<{ sims: number }>(itemKinds.importedSims.key({ partnerId })))?.sims ?? 0;
}
