import type { OperatorId, PartnerId } from '../../domain/ids.ts';
import { itemKinds } from './item-kinds.ts';
import { query } from './queries.ts';
import { put, remove } from './write-requests.ts';
import { write } from './writes.ts';

/** A SIM that its operator says it has changed. */
export type SimToCompare = { operatorId: OperatorId; partnerId: PartnerId; iccid: string };

/** Longer than it takes to compare the SIM with all others. */
const LIFETIME_SECONDS = 2 * 86_400;

/** Asks for the comparison of a SIM with its operator. A repetition has no further effect. */
export async function addSimToCompare(sim: SimToCompare, now: Date): Promise<void> {
  const expiresAt = Math.floor(now.getTime() / 1_000) + LIFETIME_SECONDS;
  await write(put({ ...sim, ...itemKinds.simToCompare.key(sim), expiresAt }));
}

export async function simsToCompare(operatorId: OperatorId, limit: number): Promise<SimToCompare[]> {
  return (await query<SimToCompare>(itemKinds.simToCompare.range({ operatorId }), limit)).items;
}

export async function removeSimToCompare(sim: SimToCompare): Promise<void> {
  await write(remove(itemKinds.simToCompare.key(sim)));
}
