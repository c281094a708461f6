import { randomUUID } from 'node:crypto';
import type { OperatorId, PartnerId } from '../../domain/ids.ts';
import { itemKinds } from './item-kinds.ts';
import { query } from './queries.ts';
import { put, remove } from './write-requests.ts';
import { write, writeIf } from './writes.ts';

/** A SIM that its operator says it has changed. */
export type SimToCompare = { operatorId: OperatorId; partnerId: PartnerId; iccid: string };

/** `push` identifies the operator's last message about the SIM; items of earlier versions have none. */
type StoredSimToCompare = SimToCompare & { push?: string };

/** Longer than it takes to compare the SIM with all others. */
const LIFETIME_SECONDS = 2 * 86_400;

/** Requests the comparison of a SIM with its operator. A repetition has no further effect until the SIM is being compared. */
export async function addSimToCompare(sim: SimToCompare, now: Date): Promise<void> {
  const expiresAt = Math.floor(now.getTime() / 1_000) + LIFETIME_SECONDS;
  await write(put({ ...sim, ...itemKinds.simToCompare.key(sim), push: randomUUID(), expiresAt }));
}

export async function simsToCompare(operatorId: OperatorId, limit: number): Promise<StoredSimToCompare[]> {
  return (await query<StoredSimToCompare>(itemKinds.simToCompare.range({ operatorId }), limit)).items;
}

/** Removes a SIM that has been compared, unless the operator has reported another change since it was listed. */
export async function removeSimToCompare({ push, ...sim }: StoredSimToCompare): Promise<void> {
  const isSamePush =
    push === undefined
      ? { expression: 'attribute_not_exists(#push)', names: { '#push': 'push' } }
      : { expression: '#push = :push', names: { '#push': 'push' }, values: { ':push': push } };
  await writeIf(remove(itemKinds.simToCompare.key(sim), isSamePush));
}
