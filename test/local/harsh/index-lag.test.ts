import { describe, expect, test } from '@jest/globals';
import type { Attributes } from '../../../local/harsh/attributes.ts';
import { IndexLag } from '../../../local/harsh/index-lag.ts';
import type { QueryRequest } from '../../../local/harsh/key-condition.ts';
import type { TablePart } from '../../../local/template/parts.ts';

const key = (partition: string, sort: string): TablePart['keys'] => [
  { AttributeName: partition, KeyType: 'HASH' },
  { AttributeName: sort, KeyType: 'RANGE' },
];
const table: TablePart = {
  name: 'things',
  streamArn: '',
  attributes: [],
  keys: key('pk', 'sk'),
  globalIndexes: [
    {
      IndexName: 'byState',
      KeySchema: key('state', 'sk'),
      Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['label'] },
    },
    { IndexName: 'byAge', KeySchema: key('kind', 'age'), Projection: { ProjectionType: 'ALL' } },
  ],
  localIndexes: [],
};

function sim(sk: string, fields: Record<string, string> = {}): Attributes {
  const texts = { pk: 'sims', sk, ...fields };
  return Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, { S: text }]));
}

const inState = (state: string, request: Partial<QueryRequest> = {}): QueryRequest => ({
  TableName: 'things',
  IndexName: 'byState',
  KeyConditionExpression: '#pk = :pk AND #sk BETWEEN :from AND :to',
  ExpressionAttributeNames: { '#pk': 'state', '#sk': 'sk' },
  ExpressionAttributeValues: { ':pk': { S: state }, ':from': { S: 'a' }, ':to': { S: 'y' } },
  ...request,
});

/** An index lag whose every delay is half the maximum. */
const halfOfTheTime = () => new IndexLag(() => 0.5, [table]);
const lagged = () => new IndexLag(() => 0.2, [table]);
const keysOf = (items: readonly Attributes[] = []) => items.map(({ sk }) => sk?.S);
const late = { TableName: 'things', table: 'things', key: sim('b') };

function withLate(before: Attributes | undefined, sk = 'b') {
  const lag = lagged();
  lag.remember('things', sim(sk), before, 0);
  return lag;
}

describe('while an index lags behind a write', () => {
  test('a new item is absent', () => {
    const answer = withLate(undefined).query(inState('new'), { Items: [sim('a'), sim('b'), sim('c')] }, 10);
    expect(keysOf(answer.Items)).toEqual(['a', 'c']);
    expect(answer.Count).toBe(2);
  });

  test('a changed item has its earlier state, with the projected attributes', () => {
    const before = sim('b', { state: 'new', label: 'old', secret: 'not in this index' });
    const answer = withLate(before).query(inState('new'), { Items: [sim('a'), sim('b', { label: 'new' })] }, 10);
    expect(answer.Items).toEqual([sim('a'), sim('b', { state: 'new', label: 'old' })]);
  });

  test('a moved item is at its old position only', () => {
    const lag = withLate(sim('b', { state: 'new' }));
    expect(keysOf(lag.query(inState('new'), { Items: [sim('a'), sim('c')] }, 10).Items)).toEqual(['a', 'b', 'c']);
    expect(keysOf(lag.query(inState('old'), { Items: [sim('b')] }, 10).Items)).toEqual([]);
  });

  test('a deleted item is still listed, in order', () => {
    const lag = withLate(sim('b', { state: 'new' }));
    const descending = inState('new', { ScanIndexForward: false });
    expect(keysOf(lag.query(descending, { Items: [sim('c'), sim('a')] }, 10).Items)).toEqual(['c', 'b', 'a']);
  });

  test('an item beyond the end of a page is left for the next one', () => {
    const lag = withLate(sim('c', { state: 'new' }), 'c');
    const page = { Items: [sim('a'), sim('b')], LastEvaluatedKey: sim('b', { state: 'new' }) };
    expect(keysOf(lag.query(inState('new', { Limit: 2 }), page, 10).Items)).toEqual(['a', 'b']);
  });

  test('a page holds no more than its limit, and ends where the next one begins', () => {
    const lag = withLate(sim('b', { state: 'new' }));
    const page = { Items: [sim('a', { state: 'new' }), sim('c', { state: 'new' })] };
    const answer = lag.query(inState('new', { Limit: 2 }), page, 10);
    expect(keysOf(answer.Items)).toEqual(['a', 'b']);
    expect(answer.LastEvaluatedKey).toEqual(sim('b', { state: 'new' }));
  });

  test('an item outside the range of keys is not listed', () => {
    const lag = withLate(sim('z', { state: 'new' }), 'z');
    expect(keysOf(lag.query(inState('new'), { Items: [sim('a')] }, 10).Items)).toEqual(['a']);
  });

  test('an index that did not contain the old item does not show it', () => {
    const lag = withLate(sim('b'));
    expect(keysOf(lag.query(inState('new'), { Items: [sim('a'), sim('b')] }, 10).Items)).toEqual(['a']);
  });

  test('an eventually consistent read of the item itself lags, too', () => {
    expect(withLate(undefined).item('things', sim('b'), sim('b'), 10)).toBeUndefined();
    expect(withLate(undefined).item('things', sim('a'), sim('a'), 10)).toEqual(sim('a'));
  });
});

test('an index catches up after its delay, which further writes do not extend', () => {
  const lag = withLate(undefined);
  const chosen = lag.choose([{ table: 'things', attributes: sim('b') }], 79);
  expect(chosen).toEqual([]);
  expect(keysOf(lag.query(inState('new'), { Items: [sim('b')] }, 79).Items)).toEqual([]);
  expect(keysOf(lag.query(inState('new'), { Items: [sim('b')] }, 81).Items)).toEqual(['b']);
});

test('each index has its own delay', () => {
  const numbers = [0, 0.25, 0.5];
  const lag = new IndexLag(() => numbers.shift() ?? 0, [table]);
  lag.remember('things', late.key, undefined, 0);
  const byAge: QueryRequest = {
    ...inState('k'),
    IndexName: 'byAge',
    ExpressionAttributeNames: { '#pk': 'kind', '#sk': 'age' },
  };
  expect(keysOf(lag.query(inState('new'), { Items: [sim('b')] }, 150).Items)).toEqual(['b']);
  expect(keysOf(lag.query(byAge, { Items: [sim('b')] }, 150).Items)).toEqual([]);
});

test('a share of the writes is late, each item once', () => {
  const writes = [sim('a', { state: 'new' }), sim('a', { state: 'old' })].map((attributes) => ({
    table: 'things',
    attributes,
  }));
  expect(lagged().choose(writes, 0)).toEqual([{ table: 'things', key: sim('a') }]);
  expect(halfOfTheTime().choose(writes, 0)).toEqual([]);
});

test('a query whose earlier result cannot be simulated is refused by name', () => {
  const lag = withLate(undefined);
  const ask = (request: Partial<QueryRequest>) => () => lag.query(inState('new', request), { Items: [] }, 10);
  expect(ask({ FilterExpression: 'attribute_exists(label)' })).toThrow(/FilterExpression/);
  expect(ask({ KeyConditionExpression: 'size(#pk) > :pk' })).toThrow(/size\(#pk\) > :pk/);
  expect(ask({ KeyConditionExpression: '#pk = :pk AND begins_with(#sk, :from)' })).not.toThrow();
});
