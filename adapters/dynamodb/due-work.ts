import { ConditionFailed, exists } from './conditions.ts';
import type { Key } from './item-kind.ts';
import type { due } from './keys.ts';
import { queryItems } from './queries.ts';
import { update } from './write-requests.ts';
import { updateAndGet, writeIf } from './writes.ts';

/** The kinds of due items, each with a schedule of its own. */
export type DueKind = keyof typeof due;

/** A due item: its key, the list of due items that it is in (`due` in keys.ts), and since when it is due. */
export type DueItem = { key: Key; duePk: string; dueAt: string };

/** The due items of a list, across partners, the longest waiting first. */
export async function queryDue(duePk: string, now: Date, limit: number): Promise<DueItem[]> {
  const { items } = await queryItems({ index: 'due', partition: duePk, upTo: now.toISOString() }, limit);
  return items.map(({ pk, sk, dueAt }) => ({
    key: { pk: String(pk), sk: String(sk) },
    duePk,
    dueAt: String(dueAt),
  }));
}

/** Like `queryDue`, with the values of each item's key. Omits items whose key `parse` does not know. */
export async function queryDueAs<Values extends object>(
  duePk: string,
  parse: (key: Key) => Values | undefined,
  now: Date,
  limit: number,
): Promise<(Values & DueItem)[]> {
  return (await queryDue(duePk, now, limit)).flatMap((item) => {
    const values = parse(item.key);
    return values ? [{ ...values, ...item }] : [];
  });
}

const isDue = { expression: 'attribute_exists(duePk)' };

/** Counts a failed attempt at a due item. @returns the failed attempts so far; 0 when the item is no longer due. */
export async function countFailedAttempt(key: Key): Promise<number> {
  try {
    return (await updateAndGet<{ failedLooks: number }>(key, { add: { failedLooks: 1 } }, isDue)).failedLooks;
  } catch (error) {
    if (error instanceof ConditionFailed) {
      return 0;
    }
    throw error;
  }
}

/** Postpones a due item. An item that is no longer due stays unchanged. */
export async function postpone(key: Key, until: Date): Promise<void> {
  await writeIf(update(key, { set: { dueAt: until.toISOString() } }, isDue));
}

/** Removes an item from the list of due items and resets its failed attempts. */
export async function stopRetrying(key: Key): Promise<void> {
  await writeIf(update(key, { remove: ['duePk', 'dueAt', 'failedLooks'] }, exists));
}

/** Puts an item into a list of due items. Items that no longer exist are ignored. */
export async function markDue(key: Key, duePk: string, at: Date): Promise<void> {
  await writeIf(update(key, { set: { duePk, dueAt: at.toISOString() } }, exists));
}
