import { type SimRecord, saveSim } from '../../adapters/dynamodb/sims.ts';
import type { PartnerCaller } from '../../domain/access.ts';
import { relabel } from '../../domain/sim.ts';
import { isUnchanged } from '../is-unchanged.ts';
import { readSim } from './read-sims.ts';

/**
 * Sets or removes the label and tags of a SIM. A request that changes nothing writes nothing.
 *
 * @param labels `null` removes a field; an absent field stays.
 * @param precondition throws when the caller expects another state of the SIM.
 * @throws Refusal `not_found`
 */
export async function labelSim(
  caller: PartnerCaller,
  iccid: string,
  labels: Parameters<typeof relabel>[1],
  { now, precondition }: { now: Date; precondition: (sim: SimRecord) => void },
): Promise<{ before: SimRecord; after: SimRecord }> {
  const before = await readSim(caller, iccid);
  precondition(before);
  const labelled = relabel(before, labels, now.toISOString());
  const { label, tags, formerCustomer } = labelled;
  const after = isUnchanged(before, { label, tags, formerCustomer })
    ? before
    : await saveSim(caller.partnerId, before, labelled, 'sim.labelled', { actor: caller.userId });
  return { before, after };
}
