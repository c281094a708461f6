import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import { FIRST_CHANGE_RETRY_MS } from '../../domain/retry-policies.ts';
import type { StreamRecord } from './changes.ts';
import { type DueItem, get, put, queryDue, remove, write } from './items.ts';
import { due, failedChangeKey } from './keys.ts';

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
  await write(put({ ...failedChangeKey(id), record: packed, duePk: due.changes, dueAt }));
}

/** The failed changes that are due, the longest waiting first. */
export async function dueFailedChanges(now: Date, limit: number): Promise<({ id: string } & DueItem)[]> {
  return (await queryDue(due.changes, now, limit)).flatMap((item) => {
    const [, id] = /^FAILED_CHANGE#(.+)$/.exec(item.key.pk) ?? [];
    return id === undefined ? [] : [{ id, ...item }];
  });
}

export async function getFailedChange(id: string): Promise<StreamRecord | undefined> {
  const stored = await get<{ record: string }>(failedChangeKey(id));
  // Safe: only `saveFailedChange` writes this item.
  return stored && (JSON.parse(gunzipSync(Buffer.from(stored.record, 'base64')).toString()) as StreamRecord);
}

export async function removeFailedChange(id: string): Promise<void> {
  await write(remove(failedChangeKey(id)));
}
