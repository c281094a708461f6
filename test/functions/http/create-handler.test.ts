import {
  ProvisionedThroughputExceededException,
  TransactionCanceledException,
  TransactionConflictException,
  TransactionInProgressException,
} from '@aws-sdk/client-dynamodb';
import { describe, expect, test } from '@jest/globals';
import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import * as z from 'zod/mini';
import { ConditionFailed } from '../../../adapters/dynamodb/conditions.ts';
import { createApiHandler } from '../../../functions/http/create-api-handler.ts';
import { createHandler } from '../../../functions/http/create-handler.ts';
import { okPage, okResource, route } from '../../../functions/http/route.ts';

const routes = [
  route({
    method: 'GET',
    path: '/things',
    operationId: 'listThings',
    access: 'public',
    tag: 'Things',
    summary: 'List things',
    paged: true,
    query: () => z.strictObject({ q: z.optional(z.string()) }),
    answers: { 200: z.object({ id: z.string() }) },
    handle: async () => okPage([{ id: 'a' }]),
  }),
  route({
    method: 'POST',
    path: '/things',
    operationId: 'createThing',
    access: 'public',
    tag: 'Things',
    summary: 'Create a thing',
    body: () => z.strictObject({ name: z.string() }),
    answers: { 200: z.object({ name: z.string() }) },
    handle: async ({ body }) => okResource(body),
  }),
  route({
    method: 'GET',
    path: '/mine',
    operationId: 'getMine',
    access: 'see',
    tag: 'Things',
    summary: 'Get mine',
    answers: { 200: z.object({}) },
    handle: async () => okResource({}),
  }),
];

const handler = createHandler(routes);

// Safe: the chain reads no more of the context than this.
const context = { getRemainingTimeInMillis: () => 10_000, awsRequestId: 'aws-1' } as Context;

/** An event whose absent parts are `null`, as those of the Lambda console and of some emulators are. */
function eventOf(routeKey: string, own: Record<string, unknown> = {}): APIGatewayProxyEventV2 {
  const [method = '', path = ''] = routeKey.split(' ');
  const event = {
    version: '2.0',
    routeKey,
    rawPath: path,
    rawQueryString: null,
    cookies: null,
    headers: null,
    queryStringParameters: null,
    pathParameters: null,
    stageVariables: null,
    body: null,
    isBase64Encoded: false,
    requestContext: {
      authorizer: null,
      domainName: 'api.example.com',
      http: { method, path, protocol: 'HTTP/1.1', sourceIp: '198.51.100.7', userAgent: '' },
      requestId: 'req-1',
      routeKey,
    },
    ...own,
  };
  // Safe: the types of Lambda's events do not know of `null`, which is what is tested here.
  return event as unknown as APIGatewayProxyEventV2;
}

async function statusOf(event: APIGatewayProxyEventV2): Promise<number | undefined> {
  return (await handler(event, context)).statusCode;
}

describe('an event whose absent parts are null', () => {
  test.each([
    ['a list', 'GET /things', {}, 200],
    ['a body that is missing', 'POST /things', {}, 400],
    ['a body without headers', 'POST /things', { body: '{"name":"a"}' }, 415],
    ['a body', 'POST /things', { body: '{"name":"a"}', headers: { 'content-type': 'application/json' } }, 200],
    ['a path that is no route', 'GET /nothing', {}, 404],
    ['a route that needs a token', 'GET /mine', {}, 403],
  ] as const)('is answered for %s', async (_what, routeKey, own, status) => {
    expect(await statusOf(eventOf(routeKey, own))).toBe(status);
  });
});

describe('an error of the table, once all retries are spent', () => {
  const canceled = (...codes: string[]) =>
    new TransactionCanceledException({
      message: '',
      $metadata: {},
      CancellationReasons: codes.map((Code) => ({ Code })),
    });
  const metadata = { message: '', $metadata: {} };

  test.each<[string, Error, number, string]>([
    ['a condition that failed', new ConditionFailed([0]), 409, 'conflict'],
    ['a single write in conflict', new TransactionConflictException(metadata), 409, 'conflict'],
    ['a transaction in conflict', canceled('None', 'TransactionConflict'), 409, 'conflict'],
    ['a transaction that is in progress', new TransactionInProgressException(metadata), 409, 'conflict'],
    ['a throttled write', new ProvisionedThroughputExceededException(metadata), 503, 'busy'],
    ['a throttled transaction', canceled('ThrottlingError', 'None'), 503, 'busy'],
    ['a throttled service', Object.assign(new Error('slow down'), { name: 'TooManyRequestsException' }), 503, 'busy'],
    ['an item too large', canceled('ValidationError', 'TransactionConflict'), 500, 'internal_error'],
    ['anything else', new Error('unexpected'), 500, 'internal_error'],
  ])('(%s) has its own answer', async (_what, error, status, code) => {
    const failing = createApiHandler([
      route({
        method: 'GET',
        path: '/failing',
        operationId: 'getFailing',
        access: 'public',
        tag: 'Things',
        summary: 'Fail',
        answers: { 200: z.object({}) },
        handle: () => Promise.reject(error),
      }),
    ]);
    const answered = await failing(eventOf('GET /failing'), context);
    expect(answered.statusCode).toBe(status);
    expect(answered.headers?.['content-type']).toBe('application/problem+json');
    expect(JSON.parse(answered.body ?? '')).toMatchObject({ status, code, instance: 'req-1' });
    expect(answered.headers?.['retry-after']).toBe(status === 503 ? '2' : undefined);
  });
});
