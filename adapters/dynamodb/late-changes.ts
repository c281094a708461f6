import pMap from 'p-map';
import type { OperationId, PartnerId } from '../../domain/ids.ts';
import type { LateChange } from '../../domain/late-change.ts';
import { absent, exists } from './conditions.ts';
import { type DueItem, queryDue } from './due-work.ts';
import type { Key } from './item-kind.ts';
import { itemKinds } from './item-kinds.ts';
import { due } from './keys.ts';
import { queryItems } from './queries.ts';
import { get } from './reads.ts';
import { put, remove, update } from './write-requests.ts';
import { write, writeIf } from './writes.ts';

/** Where a late change is stored. */
export type LateChangeKey = Key;

/** As stored: the key has the page. Items of release 0.1.0 have no action: they are activations. */
type StoredLateChange = Omit<LateChange, 'action' | 'page'> & Partial<Pick<LateChange, 'action'>>;

/** Stores a late change. It replaces that of a crashed attempt at the same part: more SIMs may be overdue by now. */
export async function storeLateChange({ page, ...late }: LateChange, part: number): Promise<void> {
  const { partnerId, operationId, operatorId } = late;
  const key = itemKinds.lateActivation.key({ partnerId, operationId, page, part, sims: operatorId });
  await write(put({ ...late, ...key, duePk: due.lateChanges, dueAt: late.nextAt }));
}

/** The late changes to ask operators about now, across partners. */
export async function dueLateChanges(now: Date, limit: number): Promise<DueItem[]> {
  return queryDue(due.lateChanges, now, limit);
}

export async function getLateChange(key: Key): Promise<LateChange | undefined> {
  const stored = await get<StoredLateChange>(key);
  return stored && { action: 'activate', ...stored, page: itemKinds.lateActivation.parse(key)?.page ?? 0 };
}

/** Gives a SIM of a late change an item of its own, so that it holds up no other SIM. */
export async function separateLateChange(
  { page: _page, ...late }: LateChange,
  key: Key,
  iccid: string,
  nextAt: string,
): Promise<void> {
  const own = { ...late, iccids: [iccid], nextAt };
  const ownKey = { pk: key.pk, sk: `${key.sk}#${iccid}` };
  await writeIf(put({ ...own, ...ownKey, duePk: due.lateChanges, dueAt: nextAt }, absent));
}

/** Schedules the next check of the SIMs that are left; removes the item when there are none. */
export async function postponeLateChange(key: Key, iccids: readonly string[], nextAt: string): Promise<void> {
  if (iccids.length === 0) {
    await write(remove(key));
  } else {
    await writeIf(update(key, { set: { iccids, nextAt, dueAt: nextAt } }, exists));
  }
}

/** The concurrent updates of `hastenLateChanges`. */
const CONCURRENT_UPDATES = 8;

/**
 * Makes the late changes of an operation due now, because the operator has answered.
 *
 * @returns the ICCIDs of their SIMs.
 */
export async function hastenLateChanges(
  partnerId: PartnerId,
  operationId: OperationId,
  now: Date,
): Promise<Set<string>> {
  const at = now.toISOString();
  const range = itemKinds.lateActivation.range({ partnerId, operationId });
  const iccids = new Set<string>();
  let after: string | undefined;
  do {
    const { items, last } = await queryItems({ ...range, after }, 100);
    for (const { iccids: listed } of items) {
      for (const iccid of Array.isArray(listed) ? listed : []) {
        iccids.add(String(iccid));
      }
    }
    await pMap(
      items,
      ({ pk, sk }) => writeIf(update({ pk: String(pk), sk: String(sk) }, { set: { nextAt: at, dueAt: at } }, exists)),
      { concurrency: CONCURRENT_UPDATES },
    );
    after = last;
  } while (after !== undefined);
  return iccids;
}
