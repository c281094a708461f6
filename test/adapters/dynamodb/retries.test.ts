import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { documentClient, retryInBackground, tableRetries } from '../../../adapters/dynamodb/client.ts';
import { absent, ConditionFailed, exists } from '../../../adapters/dynamodb/conditions.ts';
import { isContention, isThrottled } from '../../../adapters/dynamodb/contention.ts';
import { leaseQueue } from '../../../adapters/dynamodb/deliveries.ts';
import { changeOperation } from '../../../adapters/dynamodb/operations.ts';
import { upsertOperator } from '../../../adapters/dynamodb/operators.ts';
import { upsertPartner } from '../../../adapters/dynamodb/partners.ts';
import { get, getMany } from '../../../adapters/dynamodb/reads.ts';
import { claimNextAttempt } from '../../../adapters/dynamodb/runs.ts';
import { upsertTariff } from '../../../adapters/dynamodb/tariffs.ts';
import { put, remove, update } from '../../../adapters/dynamodb/write-requests.ts';
import { MAX_TRANSACTION_ITEMS, transact, write, writeIf } from '../../../adapters/dynamodb/writes.ts';
import { asId } from '../../../domain/ids.ts';
import { requestOperationCancellation } from '../../../domain/operation-steps.ts';
import { type Operator, seedOperators } from '../../../domain/operator.ts';
import { backgroundRetries, conflictRetries, interactiveRetries } from '../../../domain/retry-policies.ts';
import { anOrder, aTariff } from '../../domain/builders.ts';

/** What the table answers: an error by its name, a canceled transaction by its reasons, or a body. */
type Answer = string | { reasons: string[] } | { body: unknown };
type Call = { operation: string; input: { ClientRequestToken?: string; RequestItems?: { t: { Keys: unknown[] } } } };

const key = { pk: 'P#acme', sk: 'OP#1' };
const calls: Call[] = [];
let answers: Answer[] = [];
let always: Answer | undefined;
let server: Server;

beforeAll(async () => {
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) {
      chunks.push(Buffer.from(chunk));
    }
    const operation = String(request.headers['x-amz-target']).split('.').at(-1) ?? '';
    calls.push({ operation, input: JSON.parse(Buffer.concat(chunks).toString()) });
    const answer = answers.shift() ?? always ?? { body: {} };
    const [status, body] = answerOf(answer);
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // Safe: a server that listens on a port has an address of this kind.
  const { port } = server.address() as AddressInfo;
  Object.assign(process.env, {
    TABLE_NAME: 't',
    AWS_ENDPOINT_URL_DYNAMODB: `http://127.0.0.1:${port}`,
    AWS_REGION: 'eu-west-2',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
  });
});

afterAll(async () => {
  documentClient().destroy();
  await new Promise((resolve) => server.close(resolve));
});

beforeEach(() => {
  calls.length = 0;
  answers = [];
  always = undefined;
  // The jitter: no pause is longer than none.
  jest.spyOn(Math, 'random').mockReturnValue(0);
});

function answerOf(answer: Answer): [status: number, body: unknown] {
  if (typeof answer === 'string') {
    return [400, { __type: `com.amazonaws.dynamodb.v20120810#${answer}`, message: answer }];
  }
  if ('reasons' in answer) {
    const CancellationReasons = answer.reasons.map((Code) => ({ Code }));
    return [
      400,
      { __type: 'com.amazonaws.dynamodb.v20120810#TransactionCanceledException', Message: '', CancellationReasons },
    ];
  }
  return [200, answer.body];
}

const caught = (run: Promise<unknown>) => run.then(() => undefined).catch((error: unknown) => error);

describe('a single write', () => {
  test.each(['TransactionConflictException', 'ProvisionedThroughputExceededException', 'ThrottlingException'])(
    'that meets %s is sent again until it takes effect',
    async (name) => {
      answers = [name, name, name];
      await write(put({ ...key }));
      expect(calls).toHaveLength(4);
    },
  );

  test('that always meets a transaction fails after the attempts of the policy', async () => {
    always = 'TransactionConflictException';
    const error = await caught(write(put({ ...key })));
    expect(error).toMatchObject({ name: 'TransactionConflictException' });
    expect([isContention(error), isThrottled(error)]).toEqual([true, false]);
    expect(calls).toHaveLength(interactiveRetries.maxAttempts);
  });

  test('that is always throttled fails as throttled', async () => {
    always = 'ProvisionedThroughputExceededException';
    expect(isThrottled(await caught(write(put({ ...key }))))).toBe(true);
    expect(calls).toHaveLength(interactiveRetries.maxAttempts);
  });

  test.each(['ConditionalCheckFailedException', 'ValidationException', 'AccessDeniedException'])(
    'that %s refuses is sent once',
    async (name) => {
      always = name;
      expect(await caught(write(put({ ...key })))).toBeInstanceOf(Error);
      expect(calls).toHaveLength(1);
    },
  );

  describe('whose first attempt took effect and was not answered', () => {
    // A lost answer and a throttled call look the same to what follows: the SDK sends the call again.
    beforeEach(() => {
      answers = [...refused];
    });
    const refused = ['ThrottlingException', 'ConditionalCheckFailedException'];
    const stored = { pk: { S: key.pk }, sk: { S: key.sk } };
    const item = { ...key, count: 2, absent: undefined };

    test('is done when a put finds the item that it put', async () => {
      answers.push({ body: { Item: { count: { N: '2' }, ...stored } } });
      await write(put(item, absent));
      expect(calls.map(({ operation }) => operation)).toEqual(['PutItem', 'PutItem', 'GetItem']);
    });

    test('fails its condition when a put finds another item', async () => {
      answers.push({ body: { Item: { count: { N: '3' }, ...stored } } });
      expect(await caught(write(put(item, absent)))).toBeInstanceOf(ConditionFailed);
    });

    test('is done when a removal finds nothing', async () => {
      answers.push({ body: {} });
      expect(await writeIf(remove(key, exists))).toBe(true);
    });

    test('fails its condition when a removal finds an item', async () => {
      answers.push({ body: { Item: stored } });
      expect(await writeIf(remove(key, exists))).toBe(false);
    });

    test('fails its condition when it is an update, because the item does not show which attempt wrote it', async () => {
      expect(await writeIf(update(key, { set: { count: 2 } }, exists))).toBe(false);
      expect(calls.map(({ operation }) => operation)).toEqual(['UpdateItem', 'UpdateItem']);
    });

    test('leases a queue again to the holder of the lease, and to no other', async () => {
      answers = ['ThrottlingException', { body: { Attributes: { added: { N: '3' } } } }];
      const lease = await leaseQueue(asId('partner', 'acme'), 'whk_1', new Date(0), 1_000);
      expect(lease).toEqual({ added: 3, heldBy: expect.any(String) });
      const inputs = calls.map(({ input }) => input);
      expect(inputs[1]).toEqual(inputs[0]);
      expect(inputs[0]).toMatchObject({
        ConditionExpression: expect.stringContaining('OR #heldBy = :heldBy'),
        ExpressionAttributeValues: { ':heldBy': { S: lease?.heldBy }, ':v0': { S: lease?.heldBy } },
      });
      answers = [...refused];
      expect(await leaseQueue(asId('partner', 'acme'), 'whk_1', new Date(0), 1_000)).toBeUndefined();
    });

    test('claims the next attempt of a run once', async () => {
      const now = new Date('2026-01-01T00:00:00Z');
      const nextAt = '2026-01-01T00:52:30.000Z';
      answers.push({ body: { Item: { runAttempt: { N: '2' }, runDueAt: { S: nextAt }, ...stored } } });
      expect(await claimNextAttempt({ kind: 'order', partnerId: asId('partner', 'acme'), id: 'ord_1' }, 1, now)).toBe(
        2,
      );
      answers = [...refused, { body: { Item: { runAttempt: { N: '2' }, runDueAt: { S: '2026' }, ...stored } } }];
      expect(
        await claimNextAttempt({ kind: 'order', partnerId: asId('partner', 'acme'), id: 'ord_1' }, 1, now),
      ).toBeUndefined();
    });
  });

  test('is retried even if many others were throttled before it', async () => {
    // The SDK's own bucket of retry tokens is empty after a hundred throttled calls.
    for (let round = 0; round < 40; round += 1) {
      answers = Array.from({ length: 5 }, () => 'ThrottlingException');
      await write(put({ ...key }));
    }
    expect(calls).toHaveLength(240);
  });
});

test('a read that meets a transaction is sent again', async () => {
  answers = ['TransactionConflictException', { body: { Item: { pk: { S: 'a' }, name: { S: 'Ada' } } } }];
  expect(await get(key)).toEqual({ name: 'Ada' });
});

describe('a transaction', () => {
  test.each(['TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded'])(
    'that is canceled with %s is sent again, as another request',
    async (code) => {
      answers = [{ reasons: ['None', code] }, { reasons: [code, 'None'] }];
      await transact([put({ ...key }), put({ ...key, sk: 'OP#2' })]);
      const tokens = calls.map(({ input }) => input.ClientRequestToken);
      expect(new Set(tokens).size).toBe(3);
    },
  );

  test.each([
    ['TransactionConflict', false],
    ['ThrottlingError', true],
  ])('that is always canceled with %s fails after the attempts of the policy', async (code, throttled) => {
    always = { reasons: [code] };
    const error = await caught(transact([put({ ...key })]));
    expect([isContention(error), isThrottled(error)]).toEqual([true, throttled]);
    expect(calls).toHaveLength(interactiveRetries.maxAttempts);
  });

  test('that fails a condition is not retried, whatever else cancels it', async () => {
    always = { reasons: ['TransactionConflict', 'ConditionalCheckFailed'] };
    const error = await caught(transact([put({ ...key }), put({ ...key })]));
    expect(error).toBeInstanceOf(ConditionFailed);
    expect(error).toMatchObject({ failed: [1] });
    expect(calls).toHaveLength(1);
  });

  test('with an item that is too large is not retried', async () => {
    always = { reasons: ['TransactionConflict', 'ValidationError'] };
    expect(isContention(await caught(transact([put({ ...key })])))).toBe(false);
    expect(calls).toHaveLength(1);
  });

  test('of more items than DynamoDB accepts is not sent', async () => {
    const writes = Array.from({ length: MAX_TRANSACTION_ITEMS + 1 }, (_, place) => put({ pk: 'a', sk: String(place) }));
    await expect(transact(writes)).rejects.toThrow('at most 100 items, not 101');
    expect(calls).toHaveLength(0);
  });
});

describe('a batch of reads', () => {
  const unread = (count: number) => ({
    body: { UnprocessedKeys: { t: { Keys: Array.from({ length: count }, () => ({ pk: { S: 'a' } })) } } },
  });

  test('retries the keys that were throttled', async () => {
    answers = [unread(2), unread(1)];
    await getMany([key, { ...key, sk: 'OP#2' }, { ...key, sk: 'OP#3' }]);
    expect(calls.map(({ input }) => input.RequestItems?.t.Keys.length)).toEqual([3, 2, 1]);
  });

  test('fails when it makes no progress', async () => {
    always = unread(1);
    expect(isThrottled(await caught(getMany([key])))).toBe(true);
    expect(calls).toHaveLength(interactiveRetries.maxAttempts);
  });

  test('reads no more keys per request than DynamoDB accepts', async () => {
    await getMany(Array.from({ length: 250 }, (_, place) => ({ pk: 'a', sk: String(place) })));
    expect(calls.map(({ input }) => input.RequestItems?.t.Keys.length).sort()).toEqual([100, 100, 50]);
  });
});

describe('cancelling a running operation', () => {
  const running = (version: number) => ({
    body: { Item: { id: { S: 'op_1' }, state: { S: 'running' }, version: { N: String(version) } } },
  });
  const cancel = () =>
    changeOperation(asId('partner', 'acme'), 'op_1', (operation) => {
      const cancelled = requestOperationCancellation(operation, '2026-03-02T10:00:00.000Z');
      return 'code' in cancelled ? undefined : cancelled;
    });

  test('succeeds while its shards count at the same time', async () => {
    const conflict = 'TransactionConflictException';
    // It meets the transaction of a shard, then finds that a shard has counted and not itself, and then comes through.
    const overtaken = [conflict, 'ConditionalCheckFailedException', running(2)];
    answers = [running(1), ...overtaken, running(2), conflict, conflict, { body: {} }];
    expect(await cancel()).toMatchObject({ version: 3, cancelRequestedAt: '2026-03-02T10:00:00.000Z' });
    expect(calls.map(({ operation }) => operation).filter((name) => name === 'GetItem')).toHaveLength(3);
  });

  test('is a conflict, and no error of the server, when another writer is faster each time', async () => {
    answers = Array.from({ length: conflictRetries.maxAttempts * 2 }, (_, place) =>
      place % 2 === 0 ? running(1) : 'ConditionalCheckFailedException',
    );
    expect(await caught(cancel())).toBeInstanceOf(ConditionFailed);
    expect(calls).toHaveLength(conflictRetries.maxAttempts * 2);
  });
});

describe('a read and the write that depends on it', () => {
  const conflicts = (item: unknown) =>
    Array.from({ length: 100 }, (_, place) =>
      place % 2 === 0 ? { body: { Item: item } } : 'ConditionalCheckFailedException',
    );
  const details = {
    name: 'Acme',
    shortName: 'acme',
    deliveryAddress: anOrder().submitted().deliveryAddress,
    contact: { name: 'Ann', email: 'ann@acme.example' },
  };
  const { id: _, ...terms } = aTariff();
  const reads = () => calls.filter(({ operation }) => operation === 'GetItem').length;

  test('of a partner end as a conflict when another writer is faster each time', async () => {
    answers = conflicts({ id: { S: 'acme' }, version: { N: '1' } });
    const saved = upsertPartner(
      asId('partner', 'acme'),
      details,
      seedOperators,
      '2026-03-02T10:00:00.000Z',
      () => undefined,
    );
    expect(await caught(saved)).toBeInstanceOf(ConditionFailed);
    expect(reads()).toBe(conflictRetries.maxAttempts);
  });

  test('of a new partner end as a conflict when another writer is faster each time', async () => {
    answers = Array.from({ length: 100 }, (_, place) =>
      place % 2 === 0 ? { body: {} } : { reasons: ['ConditionalCheckFailed'] },
    );
    const saved = upsertPartner(
      asId('partner', 'acme'),
      details,
      seedOperators,
      '2026-03-02T10:00:00.000Z',
      () => undefined,
    );
    expect(await caught(saved)).toBeInstanceOf(ConditionFailed);
    expect(reads()).toBe(conflictRetries.maxAttempts);
  });

  test('of an operator end as a conflict when another writer is faster each time', async () => {
    answers = conflicts({ id: { S: 'a1' }, version: { N: '1' } });
    const [{ id: operatorId, ...settings }] = seedOperators as [Operator];
    expect(await caught(upsertOperator(operatorId, settings, () => undefined))).toBeInstanceOf(ConditionFailed);
    expect(reads()).toBe(conflictRetries.maxAttempts);
  });

  test('of a tariff end as a conflict when another writer is faster each time', async () => {
    answers = conflicts(undefined);
    expect(await caught(upsertTariff('trf_1', terms, () => undefined))).toBeInstanceOf(ConditionFailed);
    expect(reads()).toBe(conflictRetries.maxAttempts);
  });

  test('succeed when another writer is faster for a while', async () => {
    answers = [...conflicts(undefined).slice(0, 10), { body: {} }, { body: {} }];
    expect(await upsertTariff('trf_1', terms, () => undefined)).toMatchObject({ tariff: { id: 'trf_1' } });
    expect(reads()).toBe(6);
  });
});

test('a function without a waiting caller retries for longer', async () => {
  expect(tableRetries()).toBe(interactiveRetries);
  retryInBackground();
  always = 'TransactionConflictException';
  await caught(write(put({ ...key })));
  expect(calls).toHaveLength(backgroundRetries.maxAttempts);
});
