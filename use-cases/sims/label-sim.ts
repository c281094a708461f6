import { LABELLED } from '../../adapters/dynamodb/sim-history.ts';
import { type SimRecord, saveSim } from '../../adapters/dynamodb/sims.ts';
import type { PartnerCaller } from '../../domain/access.ts';
import { hasSameNaming, type NamingChange, relabel } from '../../domain/sim.ts';
import { namingProblem } from '../../domain/sim-labels.ts';
import { invalidInput } from '../refusal.ts';
import { readSim } from './read-sims.ts';
import { requireKnownFields } from './sim-field-names.ts';

/**
 * Sets or removes the label, tags and fields of a SIM. A request that changes nothing writes nothing.
 *
 * @param change `null` removes a part; an absent part stays.
 * @param precondition throws when the caller expects another state of the SIM.
 * @throws Refusal `not_found`, `invalid_input` for fields that the partner does not have, and for too many
 */
export async function labelSim(
  caller: PartnerCaller,
  iccid: string,
  change: NamingChange,
  { now, precondition }: { now: Date; precondition: (sim: SimRecord) => Promise<void> },
): Promise<{ before: SimRecord; after: SimRecord }> {
  const before = await readSim(caller, iccid);
  await precondition(before);
  await requireKnownFields(caller.partnerId, change.fields);
  const labelled = relabel(before, change, now.toISOString());
  const problem = namingProblem(labelled, change);
  if (problem) {
    throw invalidInput([{ pointer: '/fields', code: problem.code, message: problem.detail }]);
  }
  const after = hasSameNaming(before, labelled)
    ? before
    : await saveSim(caller.partnerId, before, labelled, LABELLED, { actor: caller.userId });
  return { before, after };
}
