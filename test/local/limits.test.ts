import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  CreateTableCommand,
  DynamoDBClient,
  PutItemCommand,
  QueryCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { serveAwsJson } from '../../local/aws-json-server.ts';
import { openClock } from '../../local/clock.ts';
import { cognitoQuota } from '../../local/cognito/quota.ts';
import { type Engine, startEngine } from '../../local/dynamodb/engine.ts';
import { batchesOf, type StreamRecord } from '../../local/dynamodb/stream-batches.ts';
import { openFailures } from '../../local/failures.ts';
import { startFunctions } from '../../local/lambda/functions.ts';
import { cognitoLimits, lambdaLimits, sqsLimits, stepFunctionsLimits } from '../../local/limits.ts';
import { requestQuota } from '../../local/request-quota.ts';
import type { FunctionPart } from '../../local/template/parts.ts';

// An engine starts, and workers load on a busy machine.
jest.setTimeout(180_000);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'limits-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the DynamoDB engine', () => {
  let engine: Engine;
  let client: DynamoDBClient;
  const TableName = 'Limits';
  const item = (sk: string, bytes = 1) => ({ pk: { S: 'p' }, sk: { S: sk }, x: { S: 'x'.repeat(bytes) } });
  const many = <T>(count: number, make: (number: number) => T) =>
    Array.from({ length: count }, (_, number) => make(number));

  beforeAll(async () => {
    engine = await startEngine({ engine: undefined, endpoint: undefined, folder, isPersistent: false });
    client = new DynamoDBClient({
      endpoint: engine.url,
      region: 'eu-west-2',
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    });
    await client.send(
      new CreateTableCommand({
        TableName,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: ['pk', 'sk'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'sk', KeyType: 'RANGE' },
        ],
      }),
    );
  });
  afterAll(async () => {
    client?.destroy();
    await engine?.stop();
  });
  const refused = { name: 'ValidationException' };

  test('accepts items of up to 400 KB, in puts and updates', async () => {
    await client.send(new PutItemCommand({ TableName, Item: item('fits', 400 * 1024 - 20) }));
    await expect(client.send(new PutItemCommand({ TableName, Item: item('large', 400 * 1024) }))).rejects.toMatchObject(
      refused,
    );
    const grow = new UpdateItemCommand({
      TableName,
      Key: { pk: { S: 'p' }, sk: { S: 'fits' } },
      UpdateExpression: 'SET y = :y',
      ExpressionAttributeValues: { ':y': { S: 'y'.repeat(100) } },
    });
    await expect(client.send(grow)).rejects.toMatchObject(refused);
  });

  test('accepts transactions of up to 100 items and 4 MB, each item once', async () => {
    const transact = (count: number, bytes: number) =>
      client.send(
        new TransactWriteItemsCommand({
          TransactItems: many(count, (number) => ({ Put: { TableName, Item: item(`t${number}`, bytes) } })),
        }),
      );
    await transact(100, 1);
    await expect(transact(101, 1)).rejects.toMatchObject(refused);
    await expect(transact(11, 399_000)).rejects.toMatchObject(refused);
    const twice = [{ Put: { TableName, Item: item('s') } }, { Put: { TableName, Item: item('s') } }];
    await expect(client.send(new TransactWriteItemsCommand({ TransactItems: twice }))).rejects.toMatchObject(refused);
  });

  test('accepts batches of up to 100 reads and 25 writes', async () => {
    const read = (count: number) =>
      client.send(
        new BatchGetItemCommand({
          RequestItems: {
            [TableName]: { Keys: many(count, (number) => ({ pk: { S: 'p' }, sk: { S: `${number}` } })) },
          },
        }),
      );
    const write = (count: number) =>
      client.send(
        new BatchWriteItemCommand({
          RequestItems: { [TableName]: many(count, (number) => ({ PutRequest: { Item: item(`w${number}`) } })) },
        }),
      );
    await read(100);
    await expect(read(101)).rejects.toMatchObject(refused);
    await write(25);
    await expect(write(26)).rejects.toMatchObject(refused);
  });

  test('ends a page of a query at 1 MB', async () => {
    const page = { ':p': { S: 'pages' } };
    for (const number of [1, 2, 3, 4]) {
      await client.send(new PutItemCommand({ TableName, Item: { ...item(`${number}`, 390_000), pk: page[':p'] } }));
    }
    const query = { TableName, KeyConditionExpression: 'pk = :p', ExpressionAttributeValues: page };
    const { Count, LastEvaluatedKey } = await client.send(new QueryCommand(query));
    expect(Count).toBeLessThan(4);
    expect(LastEvaluatedKey).toBeDefined();
  });
});

describe('a quota of requests', () => {
  test('admits a burst, then its rate per second', () => {
    let now = 0;
    const take = requestQuota(
      { DescribeExecution: stepFunctionsLimits.requests.DescribeExecution },
      'ThrottlingException',
      () => now,
    );
    for (let count = 0; count < 250; count += 1) take('DescribeExecution');
    expect(() => take('DescribeExecution')).toThrow(
      expect.objectContaining({ name: 'ThrottlingException', message: 'Rate exceeded' }),
    );
    now += 1_000;
    for (let count = 0; count < 10; count += 1) take('DescribeExecution');
    expect(() => take('DescribeExecution')).toThrow('Rate exceeded');
    // What has no quota of its own passes.
    take('UpdateStateMachine');
  });

  test('has the error of the service', async () => {
    const server = await serveAwsJson({
      prefix: 'Service',
      operations: { Look: () => ({}) },
      log: () => undefined,
      quota: requestQuota({ Look: { burstLimit: 1, rateLimit: 0.001 } }, 'ThrottlingException'),
    });
    const look = () => fetch(server.url, { method: 'POST', headers: { 'x-amz-target': 'Service.Look' }, body: '{}' });
    expect((await look()).status).toBe(200);
    const throttled = await look();
    expect(throttled.status).toBe(400);
    expect(await throttled.json()).toEqual({ __type: 'ThrottlingException', message: 'Rate exceeded' });
    await server.stop();
  });

  test('of Cognito applies to the category, and to each operation on the parts of a pool', () => {
    let now = 0;
    const take = cognitoQuota(() => now);
    const tooMany = expect.objectContaining({ name: 'TooManyRequestsException' });
    const times = (count: number, operation: string) => {
      for (let done = 0; done < count; done += 1) take(operation);
    };
    times(cognitoLimits.poolOperationRate, 'DescribeUserPoolClient');
    expect(() => take('DescribeUserPoolClient')).toThrow(tooMany);
    take('ListUserPoolClients');
    // One category has room for 25 a second, whichever of its operations they are.
    times(13, 'AdminAddUserToGroup');
    times(12, 'AdminDeleteUser');
    expect(() => take('AdminAddUserToGroup')).toThrow(tooMany);
    now += 200;
    take('DescribeUserPoolClient');
    times(5, 'AdminDeleteUser');
    expect(() => take('AdminDeleteUser')).toThrow(tooMany);
  });
});

describe('records of a stream', () => {
  const record = (number: number, bytes: number): StreamRecord => ({
    dynamodb: { SequenceNumber: String(number), NewImage: 'x'.repeat(bytes) },
  });
  const records = [1, 2, 3, 4, 5].map((number) => record(number, 1_000));
  const sizes = (options: { areSmall: boolean; maxBytes?: number }) =>
    batchesOf(records, { batchSize: 3, ...options }).map((batch) => batch.length);

  test('come in batches that fit into one invocation, in their order', () => {
    expect(sizes({ areSmall: true })).toEqual([3, 2]);
    expect(sizes({ areSmall: false })).toEqual([3, 2]);
    expect(sizes({ areSmall: false, maxBytes: 2_200 })).toEqual([2, 2, 1]);
    // One that is too large by itself is not lost.
    expect(sizes({ areSmall: false, maxBytes: 10 })).toEqual([1, 1, 1, 1, 1]);
    expect(batchesOf(records, { batchSize: 3, areSmall: false, maxBytes: 2_200 }).flat()).toEqual(records);
  });
});

test('a message above the limit of SQS does not reach the queue', async () => {
  const failures = await openFailures(folder);
  failures.add('arn:aws:sqs:eu-west-2:000000000000:Q', { text: 'x'.repeat(sqsLimits.messageBytes) });
  failures.add('arn:aws:sqs:eu-west-2:000000000000:Q', { text: 'small' });
  expect(failures.list()).toEqual([{ queue: 'Q', message: { text: 'small' } }]);
  await failures.stop();
});

describe('Lambda', () => {
  const arn = 'arn:aws:lambda:eu-west-2:000000000000:function:answer';
  const part: Omit<FunctionPart, 'folder'> = {
    name: 'answer',
    arn,
    handler: 'index.handler',
    role: { name: 'R', arn: 'arn:aws:iam::000000000000:role/R', statements: [], trust: [] },
    logGroup: '/aws/lambda/answer',
    environment: {},
    timeoutSeconds: 20,
    memoryMb: 128,
    asynchronously: { retries: 0, maxAgeSeconds: 60 },
  };

  // Workers keep what they compiled beside the bundle.
  beforeAll(() =>
    cp(new URL('./fixtures/functions/answer', import.meta.url), path.join(folder, 'functions', 'answer'), {
      recursive: true,
    }),
  );

  async function withFunctions<T>(
    options: { concurrency?: number; reserved?: number },
    use: (functions: ReturnType<typeof startFunctions>) => Promise<T>,
  ): Promise<T> {
    const clock = await openClock({ dayMs: 1000, folder, isPersistent: false });
    const failures = await openFailures(folder);
    const reserved = options.reserved === undefined ? {} : { reservedConcurrency: options.reserved };
    const functions = startFunctions([{ ...part, ...reserved, folder: path.join(folder, 'functions', 'answer') }], {
      clock,
      endpoints: {},
      directory: { region: 'eu-west-2', account: '000000000000', tables: {}, secrets: {} },
      log: { write: () => undefined, close: async () => undefined },
      failures,
      ...(options.concurrency !== undefined && { concurrency: options.concurrency }),
    });
    try {
      return await use(functions);
    } finally {
      await functions.stop();
      await failures.stop();
      await clock.stop();
    }
  }
  const tooMany = {
    ok: false,
    error: { errorType: 'Lambda.TooManyRequestsException', errorMessage: 'Rate Exceeded.' },
  };

  test.each([{ concurrency: 2 }, { reserved: 2 }])(
    'with %j refuses the third of three concurrent invocations, and accepts the next',
    async (options) => {
      await withFunctions(options, async (functions) => {
        const results = await Promise.all([1, 2, 3].map(() => functions.invoke(arn, '{}')));
        expect(results).toMatchObject([{ ok: true }, { ok: true }, tooMany]);
        expect(await functions.invoke(arn, '{}')).toMatchObject({ ok: true });
      });
    },
  );

  test('queues an asynchronous event until there is capacity', async () => {
    await withFunctions({ concurrency: 1 }, async (functions) => {
      const first = functions.invoke(arn, '{}');
      await Promise.all([first, functions.invokeAsynchronously(arn, '{}')]);
      expect(functions.load().get('answer')).toMatchObject({ invocations: 2 });
    });
  });

  test('accepts events of 6 MB, and asynchronous events of 1 MB', async () => {
    await withFunctions({}, async (functions) => {
      const event = (bytes: number) => JSON.stringify('x'.repeat(bytes));
      expect(await functions.invoke(arn, event(lambdaLimits.payloadBytes))).toMatchObject({
        ok: false,
        error: { errorType: 'Lambda.RequestTooLargeException' },
      });
      await expect(functions.invokeAsynchronously(arn, event(lambdaLimits.asynchronousPayloadBytes))).rejects.toThrow(
        /^RequestEntityTooLargeException: 1048578 byte payload/,
      );
      expect(functions.load().get('answer')?.invocations).toBe(0);
    });
  });
});
