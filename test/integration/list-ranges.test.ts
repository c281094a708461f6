import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { beforeAll, expect, test } from '@jest/globals';
import { documentClient, tableName } from '../../adapters/dynamodb/client.ts';
import { query, type Range } from '../../adapters/dynamodb/items.ts';
import { useTableOf } from '../../local/table-of-cloud.ts';
import { useLocalCloud } from './local-cloud.ts';

const cloud = useLocalCloud();
const partition = `list-ranges-${process.pid}`;
const names = ['a', 'b', 'c', 'd', 'e', 'f'];

beforeAll(async () => {
  useTableOf(cloud.cloud());
  for (const name of names) {
    await documentClient().send(new PutCommand({ TableName: tableName(), Item: { pk: partition, sk: name, name } }));
  }
});

/** What is read of a range, page by page; at most one page more than there are names. */
async function readBy(limit: number, range: Omit<Range, 'partition'>): Promise<string[]> {
  const read: string[] = [];
  let after: string | undefined;
  for (let page = 0; page <= names.length; page += 1) {
    const { items, last } = await query<{ name: string }>({ partition, ...range, after }, limit);
    read.push(...items.map(({ name }) => name));
    if (last === undefined) {
      return read;
    }
    after = last;
  }
  throw new Error('The range does not end.');
}

// A page that is full with the last item of its range has a next one as far as DynamoDB knows, and that range holds nothing.
test.each<[string, Omit<Range, 'partition'>, string[]]>([
  ['between its ends', { from: 'b', upTo: 'e' }, ['b', 'c', 'd', 'e']],
  ['up to its end', { upTo: 'c' }, ['a', 'b', 'c']],
  ['from its start', { from: 'd' }, ['d', 'e', 'f']],
  ['of one', { from: 'c', upTo: 'c' }, ['c']],
  ['of all', {}, names],
  ['between its ends, backwards', { from: 'b', upTo: 'e', descending: true }, ['e', 'd', 'c', 'b']],
  ['of one, backwards', { from: 'c', upTo: 'c', descending: true }, ['c']],
])('a range %s is read in pages of any size', async (_, range, expected) => {
  for (const limit of [1, 2, 3, 4, 6, 7]) {
    expect({ limit, read: await readBy(limit, range) }).toEqual({ limit, read: expected });
  }
});
