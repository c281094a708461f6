import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import { FIRST_CHANGE_RETRY_MS } from '../../domain/retry-policies.ts';
import type { StreamRecord } from './changes.ts';
import { type DueItem, queryDueAs } from './due-work.ts';
import { itemKinds } from './item-kinds.ts';
import { due } from './keys.ts';
import { get } from './reads.ts';
import { put, remove } from './write-requests.ts';
import { write } from './writes.ts';

/**
 * Stores a record of the table's stream whose events could not be queued, so that the stream continues and the record can
 * be retried. Idempotent. The record is compressed, because both images of an item can be larger than the limit of one item.
 */
export async function saveFailedChange(record: StreamRecord, now: Date): Promise<void> {
  const { Keys = {}, SequenceNumber = '' } = record.dynamodb ?? {};
  const id = createHash('sha256')
    .update(JSON.stringify([Keys, SequenceNumber]))
    .digest('base64url');
  const dueAt = new Date(now.getTime() + FIRST_CHANGE_RETRY_MS).toISOString();
  const packed = gzipSync(JSON.stringify(record)).toString('base64');
  await write(put({ ...itemKinds.failedChange.key({ id }), record: packed, duePk: due.changes, dueAt }));
}

/** The failed changes that are due, the longest waiting first. */
export async function dueFailedChanges(now: Date, limit: number): Promise<({ id: string } & DueItem)[]> {
  return queryDueAs(due.changes, itemKinds.failedChange.parse, now, limit);
}

export async function getFailedChange(id: string): Promise<StreamRecord | undefined> {
  const stored = await get<{ record: string }>(itemKinds.failedChange.key({ id }));
  // Safe: only `saveFailedChange` writes this item.
  return stored && (JSON.parse(gunzipSync(Buffer.from(stored.record, 'base64')).toString()) as StreamRecord);
}

export async function removeFailedChange(id: string): Promise<void> {
  await write(remove(itemKinds.failedChange.key({ id })));
}
