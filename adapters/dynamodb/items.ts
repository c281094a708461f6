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
import { longestWait, retryDelay } from '../../domain/retry-policies.ts';
import { documentClient, tableName, tableRetries } from './client.ts';
import { isContention } from './contention.ts';
import { type Attributes, upgradeItem, withShapeNumber } from './item-shapes.ts';
import { JOURNAL, type Key } from './keys.ts';
import { table } from './table.ts';

/** An item as it is put into the table: what it holds, and its keys. */
export type Item = Record<string, unknown> & Key;

/** One write of a transaction, or on its own. */
export type Write = NonNullable<TransactWriteCommandInput['TransactItems']>[number];

/** What an update changes: sets and removes attributes, and adds to numbers and string sets. */
export type Change = {
  set?: Record<string, unknown>;
  remove?: readonly string[];
  add?: Record<string, number | Set<string>>;
  /** Adds to numbers inside a map, as `progress.migrated`. */
  increase?: Record<string, number>;
  removeFromSet?: Record<string, Set<string>>;
  /** Sets what the item does not have yet. */
  setIfAbsent?: Record<string, unknown>;
};

/** A condition in DynamoDB's words, with its values. */
export type Condition = { expression: string; values?: Record<string, unknown>; names?: Record<string, string> };

export const exists: Condition = { expression: 'attribute_exists(pk)' };
export const absent: Condition = { expression: 'attribute_not_exists(pk)' };
/** The item is still as it was read. */
export const atVersion = (version: number): Condition => ({
  expression: '#version = :expectedVersion',
  names: { '#version': 'version' },
  values: { ':expectedVersion': version },
});

export const bothOf = (one: Condition, other: Condition): Condition => ({
  expression: `(${one.expression}) AND (${other.expression})`,
  names: { ...one.names, ...other.names },
  values: { ...one.values, ...other.values },
});

/** A write found the item other than its condition says: somebody else was first, or it is not there. */
export class ConditionFailed extends Error {
  /** Which writes of a transaction failed their condition, by position. */
  readonly failed: readonly number[];

  constructor(failed: readonly number[], options?: ErrorOptions) {
    super('The item was not as the write expected it.', options);
    this.name = 'ConditionFailed';
    this.failed = failed;
  }
}

/** @throws Error for an entry of a journal, unless it is only added: entries are never replaced */
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
 * Whether a failed call would fail again: its input breaks a rule of DynamoDB, or it never got as far as a call. Throttling,
 * conflicts, faults of the service and of the network pass.
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
 * Writes one item. When the answer to a put or a removal was lost, the SDK's retry meets its own effect: that is no failed
 * condition.
 *
 * @throws ConditionFailed
 */
export async function write(one: Write): Promise<void> {
  try {
    await withConditionFailed(async () => {
      if (one.Put) {
        await documentClient().send(new PutCommand(one.Put));
      } else if (one.Delete) {
        await documentClient().send(new DeleteCommand(one.Delete));
      } else if (one.Update) {
        await documentClient().send(new UpdateCommand(one.Update));
      }
    });
  } catch (error) {
    if (!(error instanceof ConditionFailed && wasRetried(error) && (await isWritten(one)))) {
      throw error;
    }
  }
}

/** Whether the SDK sent the call more than once, so that an earlier attempt may have taken effect. */
function wasRetried({ cause }: ConditionFailed): boolean {
  return cause instanceof ConditionalCheckFailedException && (cause.$metadata.attempts ?? 1) > 1;
}

/** Whether the item is just as a put or a removal leaves it. Of an update this cannot be known. */
async function isWritten({ Put, Delete }: Write): Promise<boolean> {
  if (Put) {
    // Without values that are undefined, as the client stores it.
    const wanted = unmarshall(marshall(Put.Item, { removeUndefinedValues: true }));
    return isDeepStrictEqual(await getRaw({ pk: wanted.pk, sk: wanted.sk }), wanted);
  }
  // Safe: `remove` makes all of them, with a key of the table.
  return Delete !== undefined && (await getRaw(Delete.Key as Key)) === undefined;
}

/** Writes one item, if it is as the condition of the write says. @returns whether it was. */
export async function writeIf(one: Write): Promise<boolean> {
  return unlessConditionFailed(write(one));
}

/** Writes items all or none, as `transact`, if each is as the condition of its write says. @returns whether they were. */
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

/** Updates one item and answers what it is then. @throws ConditionFailed */
export async function updateAndGet<T>(key: Key, change: Change, condition?: Condition): Promise<T> {
  const { Update } = update(key, change, condition);
  return withConditionFailed(async () => {
    const { Attributes } = await documentClient().send(
      new UpdateCommand({ TableName: tableName(), Key: key, ...Update, ReturnValues: 'ALL_NEW' }),
    );
    return toRecord<T>(Attributes ?? {});
  });
}

/** The most items that DynamoDB takes in one transaction, and in one batch of reads. Its other limit is 4 MB. */
export const MAX_TRANSACTION_ITEMS = 100;

/**
 * Writes up to `MAX_TRANSACTION_ITEMS` items, all or none. A transaction that meets another one, or is throttled, is sent
 * again, within the bounds of the function's retries.
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
 * Sends a transaction until it takes effect or no attempt is left, each time as another request.
 *
 * @throws ConditionFailed
 */
export async function sendWithRetries(send: () => Promise<unknown>, policy = tableRetries()): Promise<void> {
  const deadline = Date.now() + longestWait(policy);
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
 * Writes a new item, with what belongs to it, all or none. When an item with its key is there, an earlier attempt
 * made it, be it the SDK's own whose answer was lost: ids in keys are given once.
 *
 * @param writes the first puts the new item, where none is.
 * @returns the item that an earlier attempt made; `undefined` when this one did.
 * @throws ConditionFailed when something else is not as its write expects it.
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

/** Reads one item as it is now (strongly consistent). */
export async function get<T>(key: Key): Promise<T | undefined> {
  const item = await getRaw(key);
  return item && toRecord<T>(item);
}

/** As `get`, with its keys and in the shape that it has. */
export async function getRaw(key: Key): Promise<Attributes | undefined> {
  const { Item } = await documentClient().send(
    new GetCommand({ TableName: tableName(), Key: key, ConsistentRead: true }),
  );
  return Item;
}

/**
 * Reads on in one part of the whole table, a MB at the most: for whoever looks at every item, which no function of the
 * API may. Items are as they are kept. `last` is where to go on, absent at the end.
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

/** How many batches of `getMany` are under way at a time. */
const BATCHES_IN_FLIGHT = 8;

/** Reads many items as they are now, in no order; missing ones are left out. Asks again for what was throttled. */
export async function getMany<T>(keys: readonly Key[]): Promise<T[]> {
  const batches: Key[][] = [];
  for (let start = 0; start < keys.length; start += MAX_TRANSACTION_ITEMS) {
    batches.push(keys.slice(start, start + MAX_TRANSACTION_ITEMS));
  }
  return (await pMap(batches, (batch) => getBatch<T>(batch), { concurrency: BATCHES_IN_FLIGHT })).flat();
}

async function getBatch<T>(keys: readonly Key[]): Promise<T[]> {
  const name = tableName();
  const found: T[] = [];
  let pending: Record<string, unknown>[] = [...keys];
  let attemptsWithoutProgress = 0;
  for (;;) {
    const { Responses, UnprocessedKeys } = await documentClient().send(
      new BatchGetCommand({ RequestItems: { [name]: { Keys: pending, ConsistentRead: true } } }),
    );
    found.push(...(Responses?.[name] ?? []).map((item) => toRecord<T>(item)));
    const left = UnprocessedKeys?.[name]?.Keys ?? [];
    if (left.length === 0) {
      return found;
    }
    attemptsWithoutProgress = left.length < pending.length ? 1 : attemptsWithoutProgress + 1;
    pending = left;
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

/** Where to read a list: a partition of the table or of an index, and a range of its sort keys. */
export type Range = {
  index?: keyof typeof table.indexes;
  partition: string;
  prefix?: string;
  /** The first sort key, itself included. */
  from?: string;
  /** Leaves out all sort keys up to this one, in the direction of reading. */
  after?: string | undefined;
  upTo?: string;
  descending?: boolean;
};

/** One read of a list. `last` is the sort key at which to go on, absent at the end. */
export async function query<T>(range: Range, limit: number): Promise<{ items: T[]; last?: string }> {
  const { items, last } = await queryItems(range, limit);
  return { items: items.map((item) => toRecord<T>(item)), ...(last === undefined ? {} : { last }) };
}

/** Where something is kept that is due, and since when it is. */
export type DueKey = { key: Key; dueAt: string };

/** What is due of a kind (`due` in keys.ts), across partners, the longest waiting first. */
export async function queryDue(kind: string, now: Date, limit: number): Promise<DueKey[]> {
  const { items } = await queryItems({ index: 'due', partition: kind, upTo: now.toISOString() }, limit);
  return items.map(({ pk, sk, dueAt }) => ({ key: { pk: String(pk), sk: String(sk) }, dueAt: String(dueAt) }));
}

async function queryItems(range: Range, limit: number): Promise<{ items: Record<string, unknown>[]; last?: string }> {
  const names = range.index ? table.indexes[range.index] : table;
  const [from, to] = boundsOf(range);
  // The last page ended with the last sort key of the range, which DynamoDB does not say; and it refuses a range of nothing.
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

/** Every item of a range; for ranges that are known to be short. */
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

/** The first and the last sort key of what is left of a range, both included. */
function boundsOf({ prefix = '', from = prefix, after, upTo, descending }: Range): [from: string, to: string] {
  const to = upTo ?? `${prefix}${LAST_CHARACTER}`;
  if (after === undefined) {
    return [from, to];
  }
  // The neighbour of `after` in sort order leaves it out.
  return descending ? [from, justBefore(after)] : [`${after}${FIRST_CHARACTER}`, to];
}

const FIRST_CHARACTER = ' ';
const LAST_CHARACTER = '\uffff';

/** The greatest sort key below another one; ids and versions at the end of a key are plain ASCII. */
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
 * What an item holds without its keys, as the type that it was written from. Safe because each kind of item has its own
 * key and is written by one file of this folder alone, which reads it back as the same type: in its newest shape, whichever
 * release wrote it.
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
