import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { DynamoDBRecord } from 'aws-lambda';
import { get, put, queryDue, remove, write } from './items.ts';
import { due, failedChangeKey } from './keys.ts';

/** A failed change is retried after this, in milliseconds; later ones are up to the schedule that retries it. */
const FIRST_RETRY_MS = 60_000;

/**
 * Keeps a record of the table's stream whose events could not be queued, so that the stream moves on and the record can be
 * retried. The same record is kept once. It is compressed: both images of an item can be larger than one item.
 */
export async function saveFailedChange(record: DynamoDBRecord, now: Date): Promise<void> {
  const { Keys = {}, SequenceNumber = '' } = record.dynamodb ?? {};
  const id = createHash('sha256')
    .update(JSON.stringify([Keys, SequenceNumber]))
    .digest('base64url');
  const dueAt = new Date(now.getTime() + FIRST_RETRY_MS).toISOString();
  const packed = gzipSync(JSON.stringify(record)).toString('base64');
  await write(put({ ...failedChangeKey(id), record: packed, duePk: due.changes, dueAt }));
}

/** The failed changes to retry now, the longest waiting first. */
export async function dueFailedChanges(now: Date, limit: number): Promise<{ id: string; dueAt: string }[]> {
  return (await queryDue(due.changes, now, limit)).flatMap(({ key, dueAt }) => {
    const [, id] = /^FAILED_CHANGE#(.+)$/.exec(key.pk) ?? [];
    return id === undefined ? [] : [{ id, dueAt }];
  });
}

export async function getFailedChange(id: string): Promise<DynamoDBRecord | undefined> {
  const kept = await get<{ record: string }>(failedChangeKey(id));
  // Safe: `keepFailedChange` alone writes such an item.
  return kept && (JSON.parse(gunzipSync(Buffer.from(kept.record, 'base64')).toString()) as DynamoDBRecord);
}

export async function removeFailedChange(id: string): Promise<void> {
  await write(remove(failedChangeKey(id)));
}
