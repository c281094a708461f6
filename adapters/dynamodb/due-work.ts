import type { Key } from './item-kind.ts';
import { ConditionFailed, exists, update, updateAndGet, writeIf } from './items.ts';
import type { due } from './keys.ts';

/** The kinds of due items, each with a schedule of its own. */
export type DueKind = keyof typeof due;

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
