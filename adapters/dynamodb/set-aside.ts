import { resumeOrder } from '../../domain/order.ts';
import { ConditionFailed, exists, get, put, query, remove, update, updated, write } from './items.ts';
import { type Key, setAsideKey, setAsidePartition } from './keys.ts';
import { changeOperation } from './operations.ts';
import { stepOrder } from './orders.ts';

/** Work that was tried often enough and could not be done: nobody tries again until somebody puts it back. */
export type SetAside = {
  id: string;
  /** An order or operation whose execution failed, or something that is due, of which the look at it failed. */
  work: { kind: 'order' | 'operation'; partnerId: string; id: string } | { kind: 'due'; key: Key; duePk: string };
  error: string;
  at: string;
};

/** So many looks at something that is due may fail before it is set aside. */
const MOST_LOOKS = 12;
const FIRST_PAUSE_MS = 60_000;
const LONGEST_PAUSE_MS = 3_600_000;

/**
 * Keeps that the look at something that is due failed. It is looked at again later and later, and at last set aside.
 *
 * @returns whether it is set aside now.
 */
export async function lookFailed(key: Key, duePk: string, error: string, now: Date): Promise<boolean> {
  const isDue = { expression: 'attribute_exists(duePk)' };
  const { failedLooks } = await updated<{ failedLooks: number }>(key, { add: { failedLooks: 1 } }, isDue);
  if (failedLooks >= MOST_LOOKS) {
    await setAside({ kind: 'due', key, duePk }, error, now);
    await write(update(key, { remove: ['duePk', 'dueAt', 'failedLooks'] }, exists));
    return true;
  }
  const pause = Math.min(FIRST_PAUSE_MS * 2 ** (failedLooks - 1), LONGEST_PAUSE_MS);
  await write(update(key, { set: { dueAt: new Date(now.getTime() + pause).toISOString() } }, isDue));
  return false;
}

/** Sets work aside; what is there already is told anew, with its latest error. */
export async function setAside(work: SetAside['work'], error: string, now: Date): Promise<void> {
  const id = idOf(work);
  await write(put({ id, work, error, at: now.toISOString(), ...setAsideKey(id) }));
}

export async function querySetAside(limit: number, after: string | undefined) {
  return query<SetAside>({ partition: setAsidePartition, after }, limit);
}

/**
 * Puts work back: it is due now, and the next sweep, or the schedule that looks at such, takes it up.
 *
 * @returns false when nothing is set aside under that id.
 */
export async function putBack(id: string, actor: string, now: Date): Promise<boolean> {
  const entry = await get<SetAside>(setAsideKey(id));
  if (entry === undefined) {
    return false;
  }
  await putBackWork(entry.work, actor, now.toISOString());
  await write(remove(setAsideKey(id)));
  return true;
}

async function putBackWork(work: SetAside['work'], actor: string, at: string): Promise<void> {
  if (work.kind === 'due') {
    await write(update(work.key, { set: { duePk: work.duePk, dueAt: at } }, exists)).catch(unlessGone);
    return;
  }
  const { partnerId, id } = work;
  if (work.kind === 'order') {
    await stepOrder(partnerId, id, (order) => {
      const step = resumeOrder(order, actor, at);
      return step && { ...step, order: { ...step.order, runDueAt: at } };
    });
    return;
  }
  await changeOperation(
    partnerId,
    id,
    ({ failure, finishedAt: _finishedAt, ...operation }) =>
      failure && { ...operation, state: 'running', vainRuns: 0, runDueAt: at, updatedAt: at },
  );
}

/** What is not there any more need not be looked at. */
function unlessGone(error: unknown): void {
  if (!(error instanceof ConditionFailed)) {
    throw error;
  }
}

function idOf(work: SetAside['work']): string {
  const names = work.kind === 'due' ? [work.duePk, work.key.pk, work.key.sk] : [work.kind, work.partnerId, work.id];
  return Buffer.from(names.join(' ')).toString('base64url');
}
