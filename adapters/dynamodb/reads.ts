import { setTimeout as pause } from 'node:timers/promises';
import { ProvisionedThroughputExceededException } from '@aws-sdk/client-dynamodb';
import { BatchGetCommand, GetCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import pMap from 'p-map';
import { retryDelay } from '../../domain/retry-policies.ts';
import { documentClient, tableName, tableRetries } from './client.ts';
import type { Key } from './item-kind.ts';
import { type Attributes, upgradeItem } from './item-shapes.ts';
import { table } from './table.ts';

/** Reads one item, strongly consistent, in its newest shape and without its keys. */
export async function get<T>(key: Key): Promise<T | undefined> {
  const item = await getRaw(key);
  return item && toRecord<T>(item);
}

/** Reads one item, strongly consistent, as it is stored: with its keys and in its stored shape. */
export async function getRaw(key: Key): Promise<Attributes | undefined> {
  const { Item } = await documentClient().send(
    new GetCommand({ TableName: tableName(), Key: key, ConsistentRead: true }),
  );
  return Item;
}

/**
 * Reads the next page of a segment of the whole table, up to 1 MB, as items are stored. For maintenance tools: functions have
 * no permission to scan.
 *
 * @returns `last`: the key to continue after, absent at the end.
 */
export async function scanRaw(
  { segment, segments }: { segment: number; segments: number },
  after: Key | undefined,
): Promise<{ items: Attributes[]; last?: Key }> {
  const { Items = [], LastEvaluatedKey } = await documentClient().send(
    new ScanCommand({
      TableName: tableName(),
      Segment: segment,
      TotalSegments: segments,
      ...(after === undefined ? {} : { ExclusiveStartKey: after }),
    }),
  );
  const { pk, sk } = LastEvaluatedKey ?? {};
  return { items: Items, ...(typeof pk === 'string' && typeof sk === 'string' ? { last: { pk, sk } } : {}) };
}

/** DynamoDB's limit for one batch of reads. */
const MAX_BATCH_KEYS = 100;

/** How many batches of `getMany` run concurrently. */
const BATCHES_IN_FLIGHT = 8;

/** Reads many items, strongly consistent, in no particular order. Omits missing items and retries throttled ones. */
export async function getMany<T>(keys: readonly Key[]): Promise<T[]> {
  const batches: Key[][] = [];
  for (let start = 0; start < keys.length; start += MAX_BATCH_KEYS) {
    batches.push(keys.slice(start, start + MAX_BATCH_KEYS));
  }
  return (await pMap(batches, (batch) => getBatch<T>(batch), { concurrency: BATCHES_IN_FLIGHT })).flat();
}

async function getBatch<T>(keys: readonly Key[]): Promise<T[]> {
  const name = tableName();
  const items: T[] = [];
  let pending: Record<string, unknown>[] = [...keys];
  let attemptsWithoutProgress = 0;
  for (;;) {
    const { Responses, UnprocessedKeys } = await documentClient().send(
      new BatchGetCommand({ RequestItems: { [name]: { Keys: pending, ConsistentRead: true } } }),
    );
    items.push(...(Responses?.[name] ?? []).map((item) => toRecord<T>(item)));
    const unprocessed = UnprocessedKeys?.[name]?.Keys ?? [];
    if (unprocessed.length === 0) {
      return items;
    }
    attemptsWithoutProgress = unprocessed.length < pending.length ? 1 : attemptsWithoutProgress + 1;
    pending = unprocessed;
    const delay = retryDelay(tableRetries(), attemptsWithoutProgress, Math.random());
    if (delay === undefined) {
      throw new ProvisionedThroughputExceededException({
        message: `${pending.length} items of a batch could not be read.`,
        $metadata: {},
      });
    }
    await pause(delay);
  }
}

const keyAttributes = new Set<string>([
  table.partitionKey,
  table.sortKey,
  ...Object.values(table.indexes).flatMap(({ partitionKey, sortKey }) => [partitionKey, sortKey]),
]);

/**
 * An item without its keys, in its newest shape, as the type that it was written from. Safe: each kind of item has its own key
 * and is written by one file of this folder, which reads it back as the same type.
 */
export function toRecord<T>(item: Record<string, unknown>): T {
  return Object.fromEntries(Object.entries(upgradeItem(item)).filter(([name]) => !keyAttributes.has(name))) as T;
}
