import { QueryCommand, type QueryCommandInput } from '@aws-sdk/lib-dynamodb';
import { documentClient, tableName } from './client.ts';
import { toRecord } from './reads.ts';
import { table } from './table.ts';

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

/** Counts the items of a range, up to those of 1 MB. `last` is the sort key to continue after, absent at the end. */
export async function countItems(range: Range): Promise<{ count: number; last?: string }> {
  const { count, last } = await send(range, { Select: 'COUNT' });
  return { count, ...(last === undefined ? {} : { last }) };
}

export async function queryItems(
  range: Range,
  limit: number,
): Promise<{ items: Record<string, unknown>[]; last?: string }> {
  const { items, last } = await send(range, { Limit: limit });
  return { items, ...(last === undefined ? {} : { last }) };
}

async function send(
  range: Range,
  size: Pick<QueryCommandInput, 'Limit' | 'Select'>,
): Promise<{ items: Record<string, unknown>[]; count: number; last?: string }> {
  const names = range.index ? table.indexes[range.index] : table;
  const [from, to] = boundsOf(range);
  // The last page can end with the last key of the range without DynamoDB saying so; it rejects an empty range.
  if (from > to) {
    return { items: [], count: 0 };
  }
  const {
    Items = [],
    Count = 0,
    LastEvaluatedKey,
  } = await documentClient().send(
    new QueryCommand({
      TableName: tableName(),
      ...('name' in names ? { IndexName: names.name } : { ConsistentRead: true }),
      KeyConditionExpression: from === '' ? '#pk = :pk AND #sk <= :to' : '#pk = :pk AND #sk BETWEEN :from AND :to',
      ExpressionAttributeNames: { '#pk': names.partitionKey, '#sk': names.sortKey },
      ExpressionAttributeValues: { ':pk': range.partition, ':to': to, ...(from === '' ? {} : { ':from': from }) },
      ...size,
      ScanIndexForward: !range.descending,
    }),
  );
  const last: unknown = LastEvaluatedKey?.[names.sortKey];
  return { items: Items, count: Count, ...(typeof last === 'string' ? { last } : {}) };
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
