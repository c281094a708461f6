import { describe, expect, test } from '@jest/globals';
import { conflicts } from '../../../local/harsh/conflicts.ts';
import { drawsOf, uniform } from '../../../local/harsh/draws.ts';
import { deliveries } from '../../../local/harsh/repeats.ts';
import { writesIn } from '../../../local/harsh/requests.ts';
import { harshSettings } from '../../../local/harsh/settings.ts';
import { throttledResponse, throttlingBursts } from '../../../local/harsh/throttling.ts';

const many = <T>(count: number, make: (place: number) => T) => Array.from({ length: count }, (_, place) => make(place));

describe('a stream of random numbers', () => {
  test('is determined by its seed and kind', () => {
    const numbers = (seed: number, kind: string) => many(5, drawsOf(seed, kind));
    expect(numbers(1, 'conflicts')).toEqual(numbers(1, 'conflicts'));
    expect(numbers(1, 'conflicts')).not.toEqual(numbers(2, 'conflicts'));
    expect(numbers(1, 'conflicts')).not.toEqual(numbers(1, 'throttling'));
  });

  test('is spread evenly', () => {
    const numbers = many(10_000, drawsOf(1, 'any'));
    expect(Math.min(...numbers)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...numbers)).toBeLessThan(1);
    expect(numbers.filter((number) => number < 0.3).length / 10_000).toBeCloseTo(0.3, 1);
    expect(uniform(() => 0.5, [10, 20])).toBe(15);
  });
});

describe('a transaction conflict', () => {
  const write = JSON.stringify({ TableName: 't', Item: { pk: { S: '1' } } });
  const transaction = JSON.stringify({
    TransactItems: [
      { Put: { TableName: 't', Item: { pk: { S: '1' } } } },
      { Delete: { TableName: 't', Key: { pk: { S: '2' } } } },
    ],
  });

  test('has the error name of a single write', () => {
    const answer = conflicts(() => 0)('UpdateItem', write);
    expect(answer?.status).toBe(400);
    expect(JSON.parse(answer?.body ?? '')).toMatchObject({ __type: 'TransactionConflictException' });
  });

  test('cancels a transaction because of one of its items', () => {
    const { __type, CancellationReasons } = JSON.parse(
      conflicts(() => 0)('TransactWriteItems', transaction)?.body ?? '',
    );
    expect(__type).toBe('TransactionCanceledException');
    expect(CancellationReasons).toMatchObject([{ Code: 'TransactionConflict' }, { Code: 'None' }]);
  });

  test('is for one write in a hundred, and never for a read', () => {
    const decide = conflicts(drawsOf(1, 'conflicts'));
    const refused = many(10_000, () => decide('PutItem', write)).filter((answer) => answer !== undefined);
    expect(refused.length / 10_000).toBeCloseTo(0.01, 2);
    expect(conflicts(() => 0)('Query', '{}')).toBeUndefined();
  });
});

describe('throttling', () => {
  test('comes in bursts with pauses of seconds between them', () => {
    const isThrottled = throttlingBursts(drawsOf(1, 'throttling'));
    const refused = many(120_000, (ms) => ms).filter((ms) => isThrottled(ms));
    const bursts = refused.filter((ms, place) => place === 0 || ms - (refused[place - 1] ?? 0) > 3_000);
    expect(bursts.length).toBeGreaterThanOrEqual(9);
    expect(bursts.length).toBeLessThanOrEqual(30);
    expect(refused.length).toBeLessThan(bursts.length * 400);
    expect(refused.length).toBeGreaterThan(bursts.length * 100 * 0.4);
  });

  test('has the error name of each service', () => {
    const nameOf = (service: Parameters<typeof throttledResponse>[0], operation = 'PutItem') =>
      JSON.parse(
        throttledResponse(service, operation, '{"TransactItems":[{"Put":{"TableName":"t","Item":{}}}]}', () => 0).body,
      );
    expect(nameOf('dynamodb').__type).toBe('ProvisionedThroughputExceededException');
    expect(nameOf('dynamodb', 'TransactWriteItems')).toMatchObject({
      __type: 'TransactionCanceledException',
      CancellationReasons: [{ Code: 'ThrottlingError' }],
    });
    expect(nameOf('stepFunctions').__type).toBe('ThrottlingException');
    expect(nameOf('cognito').__type).toBe('TooManyRequestsException');
  });
});

test('an asynchronous invocation is delivered once or twice', () => {
  const deliver = deliveries(drawsOf(1, 'repeated invocations'));
  const times = many(1_000, deliver);
  expect(times.filter(({ length }) => length === 2).length / 1_000).toBeCloseTo(0.25, 1);
  expect(times.every(([first, second = 0]) => first === 0 && second <= 300)).toBe(true);
});

test('the items that a request writes are found, whichever way it writes them', () => {
  const key = (name: string) => ({ pk: { S: name } });
  const found = (operation: string, body: object) =>
    writesIn(operation, JSON.stringify(body)).map(({ table, attributes }) => `${table} ${attributes.pk?.S}`);
  expect(found('UpdateItem', { TableName: 't', Key: key('1') })).toEqual(['t 1']);
  expect(
    found('BatchWriteItem', {
      RequestItems: { t: [{ PutRequest: { Item: key('1') } }, { DeleteRequest: { Key: key('2') } }] },
    }),
  ).toEqual(['t 1', 't 2']);
  const items = [{ Update: { TableName: 't', Key: key('1') } }, { ConditionCheck: { TableName: 't', Key: key('2') } }];
  expect(found('TransactWriteItems', { TransactItems: items })).toEqual(['t 1']);
  expect(found('Query', { TableName: 't' })).toEqual([]);
});

test('the environment enables harsh mode, with its seed or a random one', () => {
  expect(harshSettings({})).toBeUndefined();
  expect(harshSettings({ CLOUD: '', HARSH_SEED: '7' })).toBeUndefined();
  expect(harshSettings({ CLOUD: 'harsh', HARSH_SEED: '7' })).toEqual({ seed: 7 });
  expect(harshSettings({ CLOUD: 'harsh' })?.seed).toBeGreaterThanOrEqual(0);
  expect(() => harshSettings({ CLOUD: 'kind' })).toThrow(/CLOUD must be "harsh" or not set/);
  expect(() => harshSettings({ CLOUD: 'harsh', HARSH_SEED: 'x' })).toThrow(/HARSH_SEED/);
});
