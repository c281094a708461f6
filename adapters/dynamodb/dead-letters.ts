import { createHash } from 'node:crypto';
import type { DeadLetter, FailedUsage, FailedWork } from '../../domain/dead-letter.ts';
import { reopened } from '../../domain/operation.ts';
import { markOrderResumed } from '../../domain/order.ts';
import { getDelivery, requeueDelivery } from './deliveries.ts';
import { ConditionFailed, exists, get, put, query, remove, update, updated, write, writeIf } from './items.ts';
import { type Key, redrivenUsage, redrivenUsageKey, setAsideKey, setAsidePartition } from './keys.ts';
import { changeOperation } from './operations.ts';
import { saveOrderStep } from './orders.ts';

/** So many looks at something that is due may fail before it is set aside. */
const MAX_ATTEMPTS = 12;
const FIRST_PAUSE_MS = 60_000;
const LONGEST_PAUSE_MS = 3_600_000;

/**
 * Keeps that the look at something that is due failed. It is looked at again later and later, and at last set aside; what
 * is no longer due is left as it is.
 *
 * @returns whether it is set aside now.
 */
export async function recordFailedAttempt(key: Key, duePk: string, error: string, now: Date): Promise<boolean> {
  const looks = await countFailedLook(key);
  if (looks >= MAX_ATTEMPTS) {
    await deadLetter({ kind: 'due', key, duePk }, error, now);
    await writeIf(update(key, { remove: ['duePk', 'dueAt', 'failedLooks'] }, exists));
    return true;
  }
  const pause = Math.min(FIRST_PAUSE_MS * 2 ** (looks - 1), LONGEST_PAUSE_MS);
  await writeIf(update(key, { set: { dueAt: new Date(now.getTime() + pause).toISOString() } }, isDue));
  return false;
}

const isDue = { expression: 'attribute_exists(duePk)' };

/** @returns how many looks at it failed so far; 0 when it is no longer due. */
async function countFailedLook(key: Key): Promise<number> {
  try {
    return (await updated<{ failedLooks: number }>(key, { add: { failedLooks: 1 } }, isDue)).failedLooks;
  } catch (error) {
    if (error instanceof ConditionFailed) {
      return 0;
    }
    throw error;
  }
}

/** Sets work aside; what is there already is told anew, with its latest error. */
export async function deadLetter(work: FailedWork, error: string, now: Date): Promise<void> {
  const id = idOf(work);
  await write(put({ id, work, error, at: now.toISOString(), ...setAsideKey(id) }));
}

export async function queryDeadLetters(limit: number, after: string | undefined) {
  return query<DeadLetter>({ partition: setAsidePartition, after }, limit);
}

/**
 * Puts work back: it is due now, and the next sweep, or the schedule that looks at such, takes it up.
 *
 * @returns false when nothing is set aside under that id.
 */
export async function redrive(id: string, actor: string, now: Date): Promise<boolean> {
  const entry = await get<DeadLetter>(setAsideKey(id));
  if (entry === undefined) {
    return false;
  }
  await redriveWork(entry.work, actor, now.toISOString());
  await write(remove(setAsideKey(id)));
  return true;
}

async function redriveWork(work: FailedWork, actor: string, at: string): Promise<void> {
  if (work.kind === 'usage' || work.kind === 'alarm') {
    const id = idOf(work);
    await write(put({ id, work, at, ...redrivenUsageKey(id) }));
    return;
  }
  if (work.kind === 'due') {
    // What is not there any more need not be looked at.
    await writeIf(update(work.key, { set: { duePk: work.duePk, dueAt: at } }, exists));
    return;
  }
  const { partnerId, id } = work;
  if (work.kind === 'delivery') {
    const delivery = await getDelivery(partnerId, work.webhookId, id);
    if (delivery) {
      await requeueDelivery(partnerId, work.webhookId, delivery, new Date(at));
    }
    return;
  }
  if (work.kind === 'order') {
    await saveOrderStep(partnerId, id, (order) => {
      const step = markOrderResumed(order, actor, at);
      return step && { ...step, order: { ...step.order, runDueAt: at } };
    });
    return;
  }
  await changeOperation(partnerId, id, (operation) =>
    operation.failure ? { ...reopened(operation), runDueAt: at, updatedAt: at } : undefined,
  );
}

/** Usage that was redriven and waits for the collector, a few at a time. */
export async function queryRedrivenUsage(limit: number): Promise<{ id: string; work: FailedUsage }[]> {
  return (await query<{ id: string; work: FailedUsage }>({ partition: redrivenUsage }, limit)).items;
}

export async function removeRedrivenUsage(id: string): Promise<void> {
  await write(remove(redrivenUsageKey(id)));
}

/** The bounds of one dead letter: its item stays far under 400 KB. */
const MAX_RECORDS_A_LETTER = 200;
const MAX_LETTER_LENGTH = 100_000;
const MAX_RECORD_LENGTH = 5_000;

/** Dead letters for an operator's records; of a record that is much too long, its beginning is stored as text. */
export function failedUsage(operatorId: string, records: readonly unknown[]): FailedUsage[] {
  const letters: string[][] = [];
  let length = 0;
  for (const record of records) {
    const whole = JSON.stringify(record) ?? 'null';
    const text = whole.length > MAX_RECORD_LENGTH ? JSON.stringify(whole.slice(0, MAX_RECORD_LENGTH)) : whole;
    const letter = letters.at(-1);
    if (letter && letter.length < MAX_RECORDS_A_LETTER && length + text.length <= MAX_LETTER_LENGTH) {
      letter.push(text);
      length += text.length;
    } else {
      letters.push([text]);
      length = text.length;
    }
  }
  return letters.map((texts) => ({ kind: 'usage', operatorId, records: `[${texts.join()}]` }));
}

/** An id of dead-lettered work names the key of what failed; it is a sort key, and DynamoDB limits those to 1,024 bytes. */
export const MAX_DEAD_LETTER_ID_LENGTH = 1_024;

export function idOf(work: FailedWork): string {
  switch (work.kind) {
    case 'usage':
      return `usage_${work.operatorId}_${hashOf(work.records)}`;
    case 'alarm':
      return `alarm_${hashOf(`${work.partnerId} ${work.id}`)}`;
    case 'due':
      return encoded([work.duePk, work.key.pk, work.key.sk]);
    case 'delivery':
      return encoded([work.kind, work.partnerId, work.webhookId, work.id]);
    default:
      return encoded([work.kind, work.partnerId, work.id]);
  }
}

/** Long enough that no two pieces of work share it. */
const hashOf = (text: string) => createHash('sha256').update(text).digest('base64url').slice(0, 22);

const encoded = (names: readonly string[]) => Buffer.from(names.join(' ')).toString('base64url');
