import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { CreateTableCommand, DeleteTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { LambdaFunctionURLEvent } from 'aws-lambda';
import { type Engine, startEngine } from '../../local/dynamodb/engine.ts';
import { BOOKS_KEY } from '../../sandbox/books-in-table.ts';
import { answerUrl } from '../../sandbox/on-lambda.ts';
import { deliveryAddress, fakeClock } from './sandbox-on-a-fake-clock.ts';

const tableName = 'operators-books';
const apiKey = 'the-key-of-the-tests';
let folder: string;
let engine: Engine;
let client: DynamoDBClient;
let clock: ReturnType<typeof fakeClock>;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'sandbox-on-lambda-'));
  engine = await startEngine({ folder, isPersistent: false });
  const credentials = { accessKeyId: 'a', secretAccessKey: 'b' };
  client = new DynamoDBClient({ endpoint: engine.url, region: 'eu-west-2', credentials });
}, 60_000);
afterAll(async () => {
  client.destroy();
  await engine.stop();
  await rm(folder, { recursive: true });
});
beforeEach(async () => {
  clock = fakeClock();
  await client.send(new DeleteTableCommand({ TableName: tableName })).catch(() => undefined);
  await client.send(
    new CreateTableCommand({
      TableName: tableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: BOOKS_KEY, AttributeType: 'S' }],
      KeySchema: [{ AttributeName: BOOKS_KEY, KeyType: 'HASH' }],
    }),
  );
});

type Said = { statusCode: number; body: Record<string, unknown> };

/** Asks as a function URL does: version 2.0 of its events, the body in base64. */
async function ask(method: string, place: string, body?: unknown, headers: Record<string, string> = {}): Promise<Said> {
  const url = new URL(place, 'http://sandbox');
  const event = {
    version: '2.0',
    rawPath: url.pathname,
    rawQueryString: url.search.slice(1),
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json', ...headers },
    requestContext: { http: { method, path: url.pathname } },
    isBase64Encoded: true,
    ...(body !== undefined && { body: Buffer.from(JSON.stringify(body)).toString('base64') }),
  };
  const result = await answerUrl(
    // Safe: what is read of an event is there.
    event as unknown as LambdaFunctionURLEvent,
    { getRemainingTimeInMillis: () => 520 },
    { documents: DynamoDBDocumentClient.from(client), tableName, apiKey, now: clock.now },
  );
  if (typeof result === 'string' || result.body === undefined) {
    throw new Error('A result has a status and a body');
  }
  return { statusCode: result.statusCode ?? 0, body: JSON.parse(result.body) };
}

const order = (id: string, quantity = 50) => ask('PUT', `/operators/3uk/orders/${id}`, { quantity, deliveryAddress });

/** The SIMs of an order that has come. */
async function delivered(id: string): Promise<string[]> {
  await order(id);
  clock.pass(10);
  const { body } = await ask('GET', `/operators/3uk/orders/${id}/sims?limit=500`);
  // A delivered order's page: see sandbox/README.md.
  return (body.sims as { iccid: string }[]).map(({ iccid }) => iccid);
}

describe('the sandbox behind a function URL', () => {
  test('accepts an order, delivers it, and activates its SIMs, with no state except its table', async () => {
    expect(await order('ord_1')).toMatchObject({ statusCode: 201, body: { status: 'accepted' } });
    expect(await order('ord_1')).toMatchObject({ statusCode: 200 });
    clock.pass(10);
    expect(await ask('GET', '/operators/3uk/orders/ord_1')).toMatchObject({ body: { status: 'delivered' } });
    const iccids = await delivered('ord_2');
    expect(iccids).toHaveLength(50);
    const activation = await ask('POST', '/operators/3uk/sims/activations', { iccids }, { 'idempotency-key': 'k' });
    expect(activation).toMatchObject({ statusCode: 200 });
    const { body } = await ask('POST', '/operators/3uk/sims/status', { iccids: iccids.slice(0, 1) });
    expect(body.sims).toMatchObject([{ status: 'active' }]);
  });

  test('loses no change of concurrent callers', async () => {
    const iccids = await delivered('ord_1');
    const answers = await Promise.all(
      iccids.slice(0, 20).map((iccid, n) => {
        const headers = { 'idempotency-key': `k${n}` };
        return ask('POST', '/operators/3uk/sims/activations', { iccids: [iccid] }, headers);
      }),
    );
    expect(answers.map(({ statusCode }) => statusCode)).toEqual(answers.map(() => 200));
    const { body } = await ask('POST', '/operators/3uk/sims/status', { iccids });
    // Safe: see sandbox/README.md.
    const active = (body.sims as { status: string }[]).filter(({ status }) => status === 'active');
    expect(active).toHaveLength(20);
  });

  test('keeps its behaviour until another one is set', async () => {
    await ask('PUT', '/control/3uk/behaviour', { rejectOrders: true });
    expect(await order('ord_1')).toMatchObject({ body: { status: 'rejected' } });
    await ask('PUT', '/control/3uk/behaviour', { stall: true });
    expect(await order('ord_2')).toMatchObject({ statusCode: 504, body: { code: 'stalled' } });
    await ask('PUT', '/control/3uk/behaviour', { leadTimeDays: 0 });
    expect(await order('ord_2')).toMatchObject({ statusCode: 201, body: { status: 'delivered' } });
  });

  test('reports the usage of SIMs', async () => {
    const [iccid] = await delivered('ord_1');
    expect(await ask('POST', '/control/3uk/usage', { iccid, bytes: 5 })).toMatchObject({ statusCode: 202 });
    const { body } = await ask('GET', '/operators/3uk/usage');
    expect(body.records).toMatchObject([{ iccid, bytes: 5 }]);
  });

  test('reports its health to everybody, and more only to callers with the key', async () => {
    const nobody = { authorization: 'Bearer no' };
    expect(await ask('GET', '/health', undefined, nobody)).toMatchObject({ statusCode: 200 });
    expect(await ask('GET', '/operators/3uk/usage', undefined, nobody)).toMatchObject({ statusCode: 401 });
    expect(await ask('GET', '/operators/9UK/usage')).toMatchObject({ statusCode: 404 });
  });
});
