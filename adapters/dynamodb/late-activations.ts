import type { LateActivation } from '../../domain/late-activation.ts';
import { absent, exists } from './conditions.ts';
import { type DueItem, queryDue } from './due-work.ts';
import type { Key } from './item-kind.ts';
import { itemKinds } from './item-kinds.ts';
import { due } from './keys.ts';
import { get } from './reads.ts';
import { put, remove, update } from './write-requests.ts';
import { write, writeIf } from './writes.ts';

/** Where a late activation is stored. */
export type LateActivationKey = Key;

/** Stores a late activation. It replaces that of a crashed attempt at the same part: more SIMs may be overdue by now. */
export async function storeLateActivation(late: LateActivation, page: number, part: number): Promise<void> {
  const { partnerId, operationId, operatorId } = late;
  const key = itemKinds.lateActivation.key({ partnerId, operationId, page, part, sims: operatorId });
  await write(put({ ...late, ...key, duePk: due.lateActivations, dueAt: late.nextAt }));
}

/** The late activations to ask operators about now, across partners. */
export async function dueLateActivations(now: Date, limit: number): Promise<DueItem[]> {
  return queryDue(due.lateActivations, now, limit);
}

export async function getLateActivation(key: Key): Promise<LateActivation | undefined> {
  return get<LateActivation>(key);
}

/** Gives a SIM of a late activation an item of its own, so that it holds up no other SIM. */
export async function separateLateActivation(
  late: LateActivation,
  key: Key,
  iccid: string,
  nextAt: string,
): Promise<void> {
  const own = { ...late, iccids: [iccid], nextAt };
  const ownKey = { pk: key.pk, sk: `${key.sk}#${iccid}` };
  await writeIf(put({ ...own, ...ownKey, duePk: due.lateActivations, dueAt: nextAt }, absent));
}

/** Schedules the next check of the SIMs that are left; removes the item when there are none. */
export async function postponeLateActivation(key: Key, iccids: readonly string[], nextAt: string): Promise<void> {
  if (iccids.length === 0) {
    await write(remove(key));
  } else {
    await writeIf(update(key, { set: { iccids, nextAt, dueAt: nextAt } }, exists));
  }
}
