import { setTimeout as pause } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import {
  ConditionalCheckFailedException,
  DynamoDBServiceException,
  ProvisionedThroughputExceededException,
  TransactionCanceledException,
} from '@aws-sdk/client-dynamodb';
import {
  BatchGetCommand,
  DeleteCommand,
  GetCommand,
  PutCommand,
  QueryCommand,
  ScanCommand,
  TransactWriteCommand,
  type TransactWriteCommandInput,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import pMap from 'p-map';
import { maxTotalDelay, retryDelay } from '../../domain/retry-policies.ts';
import { documentClient, tableName, tableRetries } from './client.ts';
import { isContention } from './contention.ts';
import type { Key } from './item-kind.ts';
import { JOURNAL } from './item-kinds.ts';
import { type Attributes, upgradeItem, withShapeNumber } from './item-shapes.ts';
import { table } from './table.ts';

/** A complete item: its attributes and its keys. */
export type Item = Record<string, unknown> & Key;

/** A single write, alone or in a transaction. */
export type Write = NonNullable<TransactWriteCommandInput['TransactItems']>[number];

/** The changes of an update, by attribute. */
export type Change = {
  set?: Record<string, unknown>;
  remove?: readonly string[];
  /** Adds to numbers and string sets; creates them when absent. */
  add?: Record<string, number | Set<string>>;
  /** Adds to existing numbers, also inside a map: `progress.migrated`. */
  increase?: Record<string, number>;
  removeFromSet?: Record<string, Set<string>>;
  /** Sets attributes that the item does not have yet. */
  setIfAbsent?: Record<string, unknown>;
};

/** A condition expression of DynamoDB, with its names and values. */
export type Condition = { expression: string; values?: Record<string, unknown>; names?: Record<string, string> };

export const exists: Condition = { expression: 'attribute_exists(pk)' };
export const absent: Condition = { expression: 'attribute_not_exists(pk)' };
/** The item has not changed since it was read at this version. */
export const atVersion = (version: number): Condition => ({
  expression: '#version = :expectedVersion',
  names: { '#version': 'version' },
  values: { ':expectedVersion': version },
});

/** Both conditions hold. */
export const bothOf = (first: Condition, second: Condition): Condition => ({
  expression: `(${first.expression}) AND (${second.expression})`,
  names: { ...first.names, ...second.names },
  values: { ...first.values, ...second.values },
});

/** The condition of a write failed: another writer was faster, or the item does not exist. */
export class ConditionFailed extends Error {
  /** The positions of the writes whose condition failed; `[0]` for a single write. */
  readonly failed: readonly number[];

  constructor(failed: readonly number[], options?: ErrorOptions) {
    super('The item did not meet the condition of the write.', options);
    this.name = 'ConditionFailed';
    this.failed = failed;
  }
}

/**
 * Writes a whole item, replacing an existing one unless the condition forbids it.
 *
 * @throws Error for a journal entry without the condition `absent`: entries are never replaced.
 */
export function put(item: Item, condition?: Condition): Write {
  if (item.pk.endsWith(JOURNAL) && condition !== absent) {
    throw new Error('An entry of a journal is added and never replaced: its put takes the condition `absent`.');
  }
  return { Put: { TableName: tableName(), Item: withShapeNumber(item), ...conditionOf(condition) } };
}

export function remove(key: Key, condition?: Condition): Write {
  return { Delete: { TableName: tableName(), Key: key, ...conditionOf(condition) } };
}

export function update(key: Key, change: Change, condition?: Condition): Write {
  const names: Record<string, string> = {};
  const values: Record<string, unknown> = {};
  const path = (attribute: string) =>
    attribute
      .split('.')
      .map((part) => {
        names[`#${part}`] = part;
        return `#${part}`;
      })
      .join('.');
  const value = (given: unknown) => {
    const name = `:v${Object.keys(values).length}`;
    values[name] = given;
    return name;
  };
  const sets = [
    ...Object.entries(change.set ?? {}).map(([name, to]) => `${path(name)} = ${value(to)}`),
    ...Object.entries(change.setIfAbsent ?? {}).map(
      ([name, to]) => `${path(name)} = if_not_exists(${path(name)}, ${value(to)})`,
    ),
    ...Object.entries(change.increase ?? {}).map(([name, by]) => `${path(name)} = ${path(name)} + ${value(by)}`),
  ];
  const removes = (change.remove ?? []).map(path);
  const adds = Object.entries(change.add ?? {}).map(([name, by]) => `${path(name)} ${value(by)}`);
  const deletes = Object.entries(change.removeFromSet ?? {}).map(([name, of]) => `${path(name)} ${value(of)}`);
  const clauses = { SET: sets, REMOVE: removes, ADD: adds, DELETE: deletes };
  const { ConditionExpression, ExpressionAttributeNames, ExpressionAttributeValues } = conditionOf(condition);
  const allValues = { ...values, ...ExpressionAttributeValues };
  return {
    Update: {
      TableName: tableName(),
      Key: key,
      UpdateExpression: Object.entries(clauses)
        .filter(([, parts]) => parts.length > 0)
        .map(([clause, parts]) => `${clause} ${parts.join(', ')}`)
        .join(' '),
      ExpressionAttributeNames: { ...names, ...ExpressionAttributeNames },
      ...(Object.keys(allValues).length > 0 ? { ExpressionAttributeValues: allValues } : {}),
      ...(ConditionExpression === undefined ? {} : { ConditionExpression }),
    },
  };
}

/**
 * Whether a failed call would fail again: DynamoDB rejects its input, or our own code failed before the call. Throttling,
 * conflicts, and faults of the service or the network are temporary.
 */
export function isPermanent(error: unknown): boolean {
  if (error instanceof AggregateError) {
    return error.errors.every(isPermanent);
  }
  if (error instanceof TransactionCanceledException) {
    return (error.CancellationReasons ?? []).some(({ Code }) => Code === 'ValidationError');
  }
  if (error instanceof DynamoDBServiceException) {
    return error.name === 'ValidationException';
  }
  return !(error instanceof Error && ('code' in error || ['TimeoutError', 'AbortError'].includes(error.name)));
}

/**
 * Writes one item. If the response to a put or delete is lost, the SDK's retry finds the effect of its first attempt; this
 * counts as success, not as a failed condition.
 *
 * @throws ConditionFailed
 */
export async function write(operation: Write): Promise<void> {
  try {
    await withConditionFailed(async () => {
      if (operation.Put) {
        await documentClient().send(new PutCommand(operation.Put));
      } else if (operation.Delete) {
        await documentClient().send(new DeleteCommand(operation.Delete));
      } else if (operation.Update) {
        await documentClient().send(new UpdateCommand(operation.Update));
      }
    });
  } catch (error) {
    if (!(error instanceof ConditionFailed && wasRetried(error) && (await isWritten(operation)))) {
      throw error;
    }
  }
}

/** Whether the SDK sent the call more than once: an earlier attempt may have taken effect. */
function wasRetried({ cause }: ConditionFailed): boolean {
  return cause instanceof ConditionalCheckFailedException && (cause.$metadata.attempts ?? 1) > 1;
}

/** Whether the item is exactly as a put or delete leaves it. Always false for an update. */
async function isWritten({ Put, Delete }: Write): Promise<boolean> {
  if (Put) {
    // The client does not store undefined values.
    const expected = unmarshall(marshall(Put.Item, { removeUndefinedValues: true }));
    return isDeepStrictEqual(await getRaw({ pk: expected.pk, sk: expected.sk }), expected);
  }
  // Safe: only `remove` creates deletes, with a key of the table.
  return Delete !== undefined && (await getRaw(Delete.Key as Key)) === undefined;
}

/** Like `write`. @returns false when the condition failed. */
export async function writeIf(operation: Write): Promise<boolean> {
  return unlessConditionFailed(write(operation));
}

/** Like `transact`. @returns false when a condition failed. */
export async function transactIf(writes: readonly Write[]): Promise<boolean> {
  return unlessConditionFailed(transact(writes));
}

async function unlessConditionFailed(written: Promise<void>): Promise<boolean> {
  try {
    await written;
    return true;
  } catch (error) {
    if (error instanceof ConditionFailed) {
      return false;
    }
    throw error;
  }
}

/** Updates one item and returns it as it is after the update. @throws ConditionFailed */
export async function updateAndGet<T>(key: Key, change: Change, condition?: Condition): Promise<T> {
  const { Update } = update(key, change, condition);
  return withConditionFailed(async () => {
    const { Attributes } = await documentClient().send(
      new UpdateCommand({ TableName: tableName(), Key: key, ...Update, ReturnValues: 'ALL_NEW' }),
    );
    return toRecord<T>(Attributes ?? {});
  });
}

/** DynamoDB's limit for the items of one transaction, and of one batch of reads. Its other limit is 4 MB. */
export const MAX_TRANSACTION_ITEMS = 100;

/**
 * Writes up to `MAX_TRANSACTION_ITEMS` items, all or none. Retries a transaction that conflicts with another one or is
 * throttled, within the function's retry policy.
 *
 * @throws ConditionFailed
 */
export async function transact(writes: readonly Write[]): Promise<void> {
  if (writes.length > MAX_TRANSACTION_ITEMS) {
    throw new Error(`A transaction has at most ${MAX_TRANSACTION_ITEMS} items, not ${writes.length}.`);
  }
  await sendWithRetries(() => documentClient().send(new TransactWriteCommand({ TransactItems: [...writes] })));
}

/**
 * Sends a transaction until it succeeds or the retry policy is exhausted. Each attempt is a separate request.
 *
 * @throws ConditionFailed
 */
export async function sendWithRetries(send: () => Promise<unknown>, policy = tableRetries()): Promise<void> {
  const deadline = Date.now() + maxTotalDelay(policy);
  for (let attempt = 1; ; attempt += 1) {
    try {
      await send();
      return;
    } catch (error) {
      if (!(error instanceof TransactionCanceledException)) {
        throw error;
      }
      const failed = (error.CancellationReasons ?? []).flatMap(({ Code }, position) =>
        Code === 'ConditionalCheckFailed' ? [position] : [],
      );
      if (failed.length > 0) {
        throw new ConditionFailed(failed, { cause: error });
      }
      const delay = isContention(error) ? retryDelay(policy, attempt, Math.random()) : undefined;
      if (delay === undefined || Date.now() + delay > deadline) {
        throw error;
      }
      await pause(delay);
    }
  }
}

/**
 * Creates an item together with related items, all or none. Idempotent: an existing item with the same key was created by an
 * earlier attempt, because ids in keys are unique. That attempt may be the SDK's own, whose response was lost.
 *
 * @param writes the first one puts the new item, on the condition `absent`.
 * @returns the item that an earlier attempt created; `undefined` when this one did.
 * @throws ConditionFailed when the condition of another write failed.
 */
export async function createIdempotent<T>(key: Key, writes: readonly [Write, ...Write[]]): Promise<T | undefined> {
  try {
    await (writes.length === 1 ? write(writes[0]) : transact(writes));
    return undefined;
  } catch (error) {
    if (error instanceof ConditionFailed && error.failed.includes(0)) {
      return get<T>(key);
    }
    throw error;
  }
}

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

/** How many batches of `getMany` run concurrently. */
const BATCHES_IN_FLIGHT = 8;

/** Reads many items, strongly consistent, in no particular order. Omits missing items and retries throttled ones. */
export async function getMany<T>(keys: readonly Key[]): Promise<T[]> {
  const batches: Key[][] = [];
  for (let start = 0; start < keys.length; start += MAX_TRANSACTION_ITEMS) {
    batches.push(keys.slice(start, start + MAX_TRANSACTION_ITEMS));
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

/** A partition of the table or of an index, and a range of its sort keys. */
export type Range = {
  index?: keyof typeof table.indexes;
  partition: string;
  prefix?: string;
  /** The first sort key, inclusive. */
  from?: string;
  /** Skips all sort keys up to and including this one, in the reading direction. */
  after?: string | undefined;
  /** The last sort key, inclusive. */
  upTo?: string;
  descending?: boolean;
};

/** Reads one page of a range. `last` is the sort key to continue after, absent at the end. */
export async function query<T>(range: Range, limit: number): Promise<{ items: T[]; last?: string }> {
  const { items, last } = await queryItems(range, limit);
  return { items: items.map((item) => toRecord<T>(item)), ...(last === undefined ? {} : { last }) };
}

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

async function queryItems(range: Range, limit: number): Promise<{ items: Record<string, unknown>[]; last?: string }> {
  const names = range.index ? table.indexes[range.index] : table;
  const [from, to] = boundsOf(range);
  // The last page can end with the last key of the range without DynamoDB saying so; it rejects an empty range.
  if (from > to) {
    return { items: [] };
  }
  const { Items = [], LastEvaluatedKey } = await documentClient().send(
    new QueryCommand({
      TableName: tableName(),
      ...('name' in names ? { IndexName: names.name } : { ConsistentRead: true }),
      KeyConditionExpression: from === '' ? '#pk = :pk AND #sk <= :to' : '#pk = :pk AND #sk BETWEEN :from AND :to',
      ExpressionAttributeNames: { '#pk': names.partitionKey, '#sk': names.sortKey },
      ExpressionAttributeValues: { ':pk': range.partition, ':to': to, ...(from === '' ? {} : { ':from': from }) },
      Limit: limit,
      ScanIndexForward: !range.descending,
    }),
  );
  const last: unknown = LastEvaluatedKey?.[names.sortKey];
  return { items: Items, ...(typeof last === 'string' ? { last } : {}) };
}

/** Reads every item of a range. Only for ranges that are known to be short. */
export async function queryAll<T>(range: Range): Promise<T[]> {
  const all: T[] = [];
  let after = range.after;
  do {
    const { items, last } = await query<T>({ ...range, after }, 1000);
    all.push(...items);
    after = last;
  } while (after !== undefined);
  return all;
}

/** The first and last sort key of the remaining range, both inclusive. */
function boundsOf({ prefix = '', from = prefix, after, upTo, descending }: Range): [from: string, to: string] {
  const to = upTo ?? `${prefix}${LAST_CHARACTER}`;
  if (after === undefined) {
    return [from, to];
  }
  // Starting at the neighbour of `after` in sort order excludes it.
  return descending ? [from, justBefore(after)] : [`${after}${FIRST_CHARACTER}`, to];
}

const FIRST_CHARACTER = ' ';
const LAST_CHARACTER = '\uffff';

/** The greatest sort key below another one. Ids and versions at the end of a key are ASCII. */
function justBefore(sortKey: string): string {
  const last = sortKey.charCodeAt(sortKey.length - 1);
  return `${sortKey.slice(0, -1)}${String.fromCharCode(last - 1)}${LAST_CHARACTER}`;
}

type ConditionParameters = {
  ConditionExpression?: string;
  ExpressionAttributeNames?: Record<string, string>;
  ExpressionAttributeValues?: Record<string, unknown>;
};

function conditionOf(condition: Condition | undefined): ConditionParameters {
  return condition
    ? {
        ConditionExpression: condition.expression,
        ...(condition.names ? { ExpressionAttributeNames: condition.names } : {}),
        ...(condition.values ? { ExpressionAttributeValues: condition.values } : {}),
      }
    : {};
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
function toRecord<T>(item: Record<string, unknown>): T {
  return Object.fromEntries(Object.entries(upgradeItem(item)).filter(([name]) => !keyAttributes.has(name))) as T;
}

async function withConditionFailed<T>(send: () => Promise<T>): Promise<T> {
  try {
    return await send();
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) {
      throw new ConditionFailed([0], { cause: error });
    }
    throw error;
  }
}
