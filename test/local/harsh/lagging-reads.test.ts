import { expect, test } from '@jest/globals';
import { IndexLag } from '../../../local/harsh/index-lag.ts';
import { laggingReads } from '../../../local/harsh/lagging-reads.ts';
import type { TablePart } from '../../../local/template/parts.ts';

const table: TablePart = {
  name: 'things',
  streamArn: '',
  attributes: [],
  keys: [{ AttributeName: 'pk', KeyType: 'HASH' }],
  globalIndexes: [
    {
      IndexName: 'byState',
      KeySchema: [{ AttributeName: 'state', KeyType: 'HASH' }],
      Projection: { ProjectionType: 'ALL' },
    },
  ],
  localIndexes: [],
};
const item = (pk: string, state: string) => ({ pk: { S: pk }, state: { S: state } });
type Item = ReturnType<typeof item>;

/** A table that knows four operations, with reads that lag by at most 400 ms behind every write. */
function aTable() {
  const items = new Map<string, Item>([['a', item('a', 'new')]]);
  let now = 0;
  let remembered = 0;
  const reads = laggingReads(
    new IndexLag(() => 0.25, [table]),
    () => now,
    (count) => {
      remembered += count;
    },
  );
  function answerTo(operation: string, request: Record<string, never>): unknown {
    switch (operation) {
      case 'PutItem': {
        const { Item: put } = request as unknown as { Item: Item };
        items.set(put.pk.S, put);
        return {};
      }
      case 'BatchGetItem': {
        const { RequestItems } = request as unknown as { RequestItems: { things: { Keys: { pk: { S: string } }[] } } };
        return { Responses: { things: RequestItems.things.Keys.flatMap(({ pk }) => items.get(pk.S) ?? []) } };
      }
      case 'GetItem':
        return { Item: items.get((request as unknown as { Key: { pk: { S: string } } }).Key.pk.S) };
      default: {
        const { ExpressionAttributeValues } = request as unknown as {
          ExpressionAttributeValues: { ':s': { S: string } };
        };
        return { Items: [...items.values()].filter(({ state }) => state.S === ExpressionAttributeValues[':s'].S) };
      }
    }
  }
  async function send<T>(operation: string, request: object): Promise<T> {
    const body = Buffer.from(JSON.stringify(request));
    const answer = await reads({
      operation,
      body,
      pass: async (changed = { operation, body: body.toString() }) => ({
        status: 200,
        headers: {},
        body: JSON.stringify(answerTo(changed.operation, JSON.parse(changed.body))),
      }),
    });
    return JSON.parse(answer.body.toString());
  }
  const inState = async (state: string) => {
    const query = {
      TableName: 'things',
      IndexName: 'byState',
      KeyConditionExpression: '#s = :s',
      ExpressionAttributeNames: { '#s': 'state' },
      ExpressionAttributeValues: { ':s': { S: state } },
    };
    return (await send<{ Items: Item[] }>('Query', query)).Items.map(({ pk }) => pk.S);
  };
  return {
    send,
    inState,
    remembered: () => remembered,
    passes: (ms: number) => {
      now += ms;
    },
  };
}

test('an index shows a write after a while, a consistent read of the item immediately', async () => {
  const { send, inState, passes, remembered } = aTable();
  await send('PutItem', { TableName: 'things', Item: item('a', 'old') });
  await send('PutItem', { TableName: 'things', Item: item('b', 'old') });
  expect(remembered()).toBe(2);
  expect(await inState('new')).toEqual(['a']);
  expect(await inState('old')).toEqual([]);
  const get = { TableName: 'things', Key: { pk: { S: 'a' } } };
  expect(await send('GetItem', get)).toEqual({ Item: item('a', 'new') });
  expect(await send('GetItem', { ...get, ConsistentRead: true })).toEqual({ Item: item('a', 'old') });
  passes(150);
  expect(await inState('new')).toEqual([]);
  expect(await inState('old')).toEqual(['a', 'b']);
  expect(await send('GetItem', get)).toEqual({ Item: item('a', 'old') });
});
