import { type AttributeValue, DynamoDBClient, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { LocalCloud } from '../../local/cloud.ts';
import { filterOf } from '../../local/dynamodb/filters.ts';
import { deliverBatch, type StreamRecord } from '../../local/dynamodb/stream-batches.ts';
import { StartError } from '../../local/start-error.ts';
import { eventually } from '../integration/support/eventually.ts';
import { startFixture } from './fixtures/fixture-cloud.ts';

// The first cloud waits for the fixture to be synthesised.
jest.setTimeout(120_000);

describe('a filter matches', () => {
  const through = (pattern: Record<string, unknown>, value: unknown) => filterOf(pattern, 'A reader')(value);

  test('records with one of the listed values in every field', () => {
    const pattern = { eventName: ['INSERT', 'MODIFY'], dynamodb: { Keys: { sk: { S: [{ prefix: 'EVT#' }] } } } };
    const record = (eventName: string, sk: string) => ({ eventName, dynamodb: { Keys: { sk: { S: sk } } } });
    expect(through(pattern, record('INSERT', 'EVT#1'))).toBe(true);
    expect(through(pattern, record('REMOVE', 'EVT#1'))).toBe(false);
    expect(through(pattern, record('INSERT', 'PAGE#1'))).toBe(false);
    expect(through(pattern, {})).toBe(false);
  });

  test('exists, not exists and anything-but', () => {
    expect(through({ at: { S: [{ exists: true }] } }, { at: { S: '' } })).toBe(true);
    expect(through({ at: { S: [{ exists: true }] } }, {})).toBe(false);
    expect(through({ at: { S: [{ exists: false }] } }, {})).toBe(true);
    expect(through({ state: { S: [{ 'anything-but': ['a', 'b'] }] } }, { state: { S: 'c' } })).toBe(true);
    expect(through({ state: { S: [{ 'anything-but': ['a', 'b'] }] } }, { state: { S: 'a' } })).toBe(false);
    expect(through({ state: { S: [{ 'anything-but': 'a' }] } }, {})).toBe(false);
  });

  test('no other comparison, which is refused by name', () => {
    expect(() => filterOf({ n: [{ numeric: ['>', 1] }] }, 'A reader')).toThrow(StartError);
    expect(() => filterOf({ n: [{ numeric: ['>', 1] }] }, 'A reader')).toThrow(/A reader filters by \{"numeric"/);
  });
});

describe('a batch', () => {
  const records = (...names: string[]): StreamRecord[] => names.map((name) => ({ dynamodb: { SequenceNumber: name } }));
  const namesOf = (batch: readonly StreamRecord[]) => batch.map(({ dynamodb }) => dynamodb.SequenceNumber).join('');
  const error = { ok: false, requestId: 'r', error: { errorType: 'Error', errorMessage: 'no' } } as const;
  const answer = (payload: unknown) => ({ ok: true, requestId: 'r', payload: JSON.stringify(payload) }) as const;

  async function handed(
    policy: { retries?: number; bisects?: boolean; reportsItemFailures?: boolean },
    invoke: (names: string, call: number) => typeof error | ReturnType<typeof answer>,
  ) {
    const calls: string[] = [];
    const givenUp: string[] = [];
    await deliverBatch(
      records('a', 'b', 'c', 'd'),
      { retries: 1, bisects: false, reportsItemFailures: true, ...policy },
      {
        invoke: async (batch) => invoke(namesOf(batch), calls.push(namesOf(batch))),
        giveUp: (failure) => givenUp.push(namesOf(failure.records)),
        stopping: new AbortController().signal,
      },
    );
    return { calls, givenUp };
  }

  test('that is handled is delivered once', async () => {
    expect(await handed({}, () => answer(null))).toEqual({ calls: ['abcd'], givenUp: [] });
  });

  test('continues from the first record that is reported as failed', async () => {
    const failures = [{ itemIdentifier: 'd' }, { itemIdentifier: 'c' }];
    const { calls } = await handed({}, (_, call) => answer({ batchItemFailures: call === 1 ? failures : [] }));
    expect(calls).toEqual(['abcd', 'cd']);
  });

  test('fails entirely when the report names an unknown record', async () => {
    const unknown = { batchItemFailures: [{ itemIdentifier: 'z' }] };
    expect((await handed({}, () => answer(unknown))).givenUp).toEqual(['abcd']);
  });

  test('that reports nothing by its settings is done when the function answers', async () => {
    const failed = answer({ batchItemFailures: [{ itemIdentifier: 'a' }] });
    expect((await handed({ reportsItemFailures: false }, () => failed)).calls).toEqual(['abcd']);
  });

  test('that fails as a whole is retried up to the limit, and then given up', async () => {
    expect(await handed({}, () => error)).toEqual({ calls: ['abcd', 'abcd'], givenUp: ['abcd'] });
  });

  test('is halved until the failing record is alone', async () => {
    const { calls, givenUp } = await handed({ bisects: true }, (names) =>
      names.includes('c') ? error : answer({ batchItemFailures: [] }),
    );
    expect(calls).toEqual(['abcd', 'ab', 'cd', 'c', 'c', 'd']);
    expect(givenUp).toEqual(['c']);
  });
});

describe('the stream of a table', () => {
  let cloud: LocalCloud;
  let client: DynamoDBClient;
  const table = () => cloud.parts.tables.find(({ streamView }) => streamView !== undefined)?.name;

  beforeAll(async () => {
    cloud = await startFixture();
    const credentials = { accessKeyId: 'a', secretAccessKey: 'b' };
    client = new DynamoDBClient({ region: 'eu-west-2', credentials, endpoint: cloud.endpoints.dynamodb });
  });
  afterAll(async () => {
    client.destroy();
    await cloud.stop();
  });

  const put = (pk: string, rest: Record<string, AttributeValue> = {}) =>
    client.send(new PutItemCommand({ TableName: table(), Item: { pk: { S: pk }, ...rest } }));

  type Call = { names: string[]; first: Record<string, unknown> };

  /** What the function was handed, call by call. */
  async function calls(): Promise<Call[]> {
    const { Items = [] } = await client.send(new ScanCommand({ TableName: table() }));
    return Items.filter(({ pk }) => pk?.S?.startsWith('call-'))
      .sort((one, other) => Number(one.number?.N) - Number(other.number?.N))
      .map(({ call }) => JSON.parse(call?.S ?? ''));
  }

  test('reaches its function in order, in Lambda’s format, without filtered records', async () => {
    await put('other');
    for (const n of [1, 2, 3]) {
      await put(`seen-${n}`, { n: { N: String(n) }, bytes: { B: new Uint8Array([1, 2, 3]) } });
    }
    const records = await eventually(async () => {
      const all = await calls();
      expect(all.flatMap(({ names }) => names)).toEqual(['seen-1', 'seen-2', 'seen-3']);
      return all;
    });
    expect(records[0]?.first).toMatchObject({
      eventID: expect.any(String),
      eventName: 'INSERT',
      eventSource: 'aws:dynamodb',
      eventSourceARN: expect.stringContaining(':table/'),
      awsRegion: 'eu-west-2',
      dynamodb: {
        ApproximateCreationDateTime: expect.any(Number),
        Keys: { pk: { S: 'seen-1' } },
        NewImage: { pk: { S: 'seen-1' }, n: { N: '1' }, bytes: { B: 'AQID' } },
        SequenceNumber: expect.any(String),
        StreamViewType: 'NEW_AND_OLD_IMAGES',
      },
    });
  });

  test('retries records that are reported as failed, and dead-letters those that always fail', async () => {
    const before = (await calls()).length;
    await put('seen-late', { late: { S: 'yes' } });
    await eventually(async () => {
      expect((await calls()).slice(before).flatMap(({ names }) => names)).toEqual(['seen-late', 'seen-late']);
    });
    await put('seen-poison');
    await put('seen-after');
    await eventually(async () => {
      expect((await calls()).at(-1)?.names).toEqual(['seen-after']);
    });
    const response = await fetch(`${cloud.url}/_local/failures`);
    expect(await response.json()).toMatchObject({
      items: expect.arrayContaining([
        {
          queue: expect.stringContaining('Failures'),
          message: expect.objectContaining({
            requestContext: expect.objectContaining({ condition: 'RetryAttemptsExhausted' }),
            DDBStreamBatchInfo: expect.objectContaining({ batchSize: 1 }),
          }),
        },
      ]),
    });
  });
});
