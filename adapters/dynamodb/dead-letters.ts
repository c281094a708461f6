import { createHash } from 'node:crypto';
import type { DeadLetter, FailedUsage, FailedWork } from '../../domain/dead-letter.ts';
import type { OperatorId } from '../../domain/ids.ts';
import { itemKinds } from './item-kinds.ts';
import { query } from './queries.ts';
import { get } from './reads.ts';
import { put, remove } from './write-requests.ts';
import { write } from './writes.ts';

/** Dead-letters work. If it is dead-lettered already, replaces the error. */
export async function deadLetter(work: FailedWork, error: string, now: Date): Promise<void> {
  const id = deadLetterId(work);
  await write(put({ id, work, error, at: now.toISOString(), ...itemKinds.setAside.key({ id }) }));
}

export async function queryDeadLetters(limit: number, after: string | undefined) {
  return query<DeadLetter>({ ...itemKinds.setAside.range({}), after }, limit);
}

export async function getDeadLetter(id: string): Promise<DeadLetter | undefined> {
  return get<DeadLetter>(itemKinds.setAside.key({ id }));
}

export async function removeDeadLetter(id: string): Promise<void> {
  await write(remove(itemKinds.setAside.key({ id })));
}

/** Stores redriven usage for the collector. */
export async function addRedrivenUsage(work: FailedUsage, now: Date): Promise<void> {
  const id = deadLetterId(work);
  await write(put({ id, work, at: now.toISOString(), ...itemKinds.redrivenUsage.key({ id }) }));
}

/** Redriven usage that awaits the collector. */
export async function queryRedrivenUsage(limit: number): Promise<{ id: string; work: FailedUsage }[]> {
  return (await query<{ id: string; work: FailedUsage }>(itemKinds.redrivenUsage.range({}), limit)).items;
}

export async function removeRedrivenUsage(id: string): Promise<void> {
  await write(remove(itemKinds.redrivenUsage.key({ id })));
}

/** The bounds of one dead letter: its item stays far under 400 KB. */
const MAX_RECORDS_PER_LETTER = 200;
const MAX_LETTER_LENGTH = 100_000;
const MAX_RECORD_LENGTH = 5_000;

/** Dead letters for an operator's records; of a record that is much too long, its beginning is stored as text. */
export function failedUsage(operatorId: OperatorId, records: readonly unknown[]): FailedUsage[] {
  const letters: string[][] = [];
  let length = 0;
  for (const record of records) {
    const whole = JSON.stringify(record) ?? 'null';
    const text = whole.length > MAX_RECORD_LENGTH ? JSON.stringify(whole.slice(0, MAX_RECORD_LENGTH)) : whole;
    const letter = letters.at(-1);
    if (letter && letter.length < MAX_RECORDS_PER_LETTER && length + text.length <= MAX_LETTER_LENGTH) {
      letter.push(text);
      length += text.length;
    } else {
      letters.push([text]);
      length = text.length;
    }
  }
  return letters.map((texts) => ({ kind: 'usage', operatorId, records: `[${texts.join()}]` }));
}

/** At most `MAX_DEAD_LETTER_ID_LENGTH` long: a sort key of the table. */
export function deadLetterId(work: FailedWork): string {
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

/** 132 bits: no two pieces of work share a hash. */
const hashOf = (text: string) => createHash('sha256').update(text).digest('base64url').slice(0, 22);

const encoded = (names: readonly string[]) => Buffer.from(names.join(' ')).toString('base64url');
