import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import {
  DescribeExecutionCommand,
  ListExecutionsCommand,
  SendTaskFailureCommand,
  SendTaskSuccessCommand,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
  UpdateStateMachineCommand,
} from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { LocalCloud } from '../../local/cloud.ts';
import { startFixture } from './fixtures/fixture-cloud.ts';

// Days pass as they do; how fast all else goes is up to the machine.
jest.setTimeout(180_000);

let cloud: LocalCloud;
let steps: SFNClient;
let table: DynamoDBClient;
let machine: string;

beforeAll(async () => {
  cloud = await startFixture();
  const client = { region: 'eu-west-2', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } };
  steps = new SFNClient({ ...client, endpoint: cloud.endpoints.stepFunctions });
  table = new DynamoDBClient({ ...client, endpoint: cloud.endpoints.dynamodb });
  machine = cloud.parts.stateMachines[0]?.arn ?? '';
}, 120_000);

afterAll(async () => {
  steps.destroy();
  table.destroy();
  await cloud.stop();
});

async function start(name: string, input: unknown): Promise<string> {
  const command = new StartExecutionCommand({ stateMachineArn: machine, name, input: JSON.stringify(input) });
  return (await steps.send(command)).executionArn ?? '';
}

const describeExecution = (executionArn: string) => steps.send(new DescribeExecutionCommand({ executionArn }));

async function ended(executionArn: string) {
  for (;;) {
    const described = await describeExecution(executionArn);
    if (described.status !== 'RUNNING') {
      return described;
    }
    await sleep(20);
  }
}

/** The token that the callback task has kept, when it is another than the one before. */
async function keptToken(key: string, before?: string): Promise<string> {
  for (;;) {
    const { Item } = await table.send(
      new GetItemCommand({
        TableName: cloud.parts.tables[0]?.name,
        Key: { pk: { S: key }, sk: { S: 'token' } },
        ConsistentRead: true,
      }),
    );
    const token = Item?.token?.S;
    if (token !== undefined && token !== before) {
      return token;
    }
    await sleep(10);
  }
}

describe('an execution', () => {
  test('goes through tasks, a Map with pauses, and a wait of a day, in scaled time', async () => {
    const began = performance.now();
    const { status, output, startDate, stopDate } = await ended(
      await start('whole', { path: 'all', shards: [1, 2, 3] }),
    );
    expect(status).toBe('SUCCEEDED');
    expect(JSON.parse(output ?? '')).toMatchObject({
      invoked: { Payload: { attempts: 1 }, StatusCode: 200 },
      done: [1, 2, 3].map((shard) => ({ shard, execution: 'whole', page: { done: true, from: 2 } })),
    });
    expect(performance.now() - began).toBeGreaterThan(1000);
    // A day has passed by its own clock.
    expect((stopDate?.getTime() ?? 0) - (startDate?.getTime() ?? 0)).toBeGreaterThan(86_400_000);
  });

  test('retries the errors of Retry until it succeeds', async () => {
    const { status, output } = await ended(await start('busy', { path: 'work', mode: 'busy-twice' }));
    expect([status, JSON.parse(output ?? '').work]).toEqual(['SUCCEEDED', { attempts: 3 }]);
  });

  test('ends after the last attempt, and Catch receives the function’s error', async () => {
    const { status, error, cause } = await ended(await start('always', { path: 'work', mode: 'always-busy' }));
    expect([status, error]).toEqual(['FAILED', 'Busy']);
    expect(JSON.parse(cause ?? '')).toMatchObject({
      errorType: 'Busy',
      errorMessage: 'never',
      trace: expect.any(Array),
    });
  });

  test('does not retry other errors than those of Retry', async () => {
    const { error, cause } = await ended(await start('wrong', { path: 'work', mode: 'wrong' }));
    expect([error, JSON.parse(cause ?? '').errorMessage]).toEqual(['Wrong', 'as asked']);
  });

  test('fails on a payload over 256 KB, past every Catch', async () => {
    expect(await ended(await start('large', { path: 'work', mode: 'large' }))).toMatchObject({
      status: 'FAILED',
      error: 'States.DataLimitExceeded',
    });
  });

  test('can be stopped', async () => {
    const arn = await start('stopped', { path: 'callback' });
    const token = await keptToken('stopped');
    await steps.send(new StopExecutionCommand({ executionArn: arn, error: 'Enough', cause: 'of it' }));
    expect(await ended(arn)).toMatchObject({ status: 'ABORTED', error: 'Enough', cause: 'of it' });
    await expect(steps.send(new SendTaskSuccessCommand({ taskToken: token, output: '{}' }))).rejects.toMatchObject({
      name: 'TaskTimedOut',
    });
  });

  test('is listed, newest first', async () => {
    await start('listed', { path: 'callback' });
    const { executions } = await steps.send(
      new ListExecutionsCommand({ stateMachineArn: machine, statusFilter: 'RUNNING' }),
    );
    expect(executions?.[0]).toMatchObject({ name: 'listed', status: 'RUNNING' });
  });
});

describe('starting', () => {
  test('twice with the same name and input is one execution while it runs', async () => {
    const arn = await start('twice', { path: 'callback' });
    expect(await start('twice', { path: 'callback' })).toBe(arn);
    await expect(start('twice', { path: 'callback', other: 1 })).rejects.toMatchObject({
      name: 'ExecutionAlreadyExists',
    });
  });

  test('again with the name of one that has ended is refused', async () => {
    await ended(await start('over', { path: 'work', mode: 'ok' }));
    await expect(start('over', { path: 'work', mode: 'ok' })).rejects.toMatchObject({ name: 'ExecutionAlreadyExists' });
  });

  test.each(['a b', 'a/b', 'x'.repeat(81), 'a#b'])('with the name %s is refused', async (name) => {
    await expect(start(name, {})).rejects.toMatchObject({ name: 'InvalidName' });
  });

  test('with an input that is not JSON, or too large, is refused', async () => {
    for (const input of ['{', JSON.stringify('x'.repeat(262_145))]) {
      const command = new StartExecutionCommand({ stateMachineArn: machine, input });
      await expect(steps.send(command)).rejects.toMatchObject({ name: 'InvalidExecutionInput' });
    }
  });

  test('an unknown state machine is refused, and an unknown execution not found', async () => {
    const command = new StartExecutionCommand({ stateMachineArn: `${machine}2` });
    await expect(steps.send(command)).rejects.toMatchObject({ name: 'StateMachineDoesNotExist' });
    const arn = `${machine.replace(':stateMachine:', ':execution:')}:nobody`;
    await expect(describeExecution(arn)).rejects.toMatchObject({ name: 'ExecutionDoesNotExist' });
  });
});

describe('a task that waits for its token', () => {
  test('continues with its answer, once', async () => {
    const arn = await start('answered', { path: 'callback' });
    const taskToken = await keptToken('answered');
    await steps.send(new SendTaskSuccessCommand({ taskToken, output: '{"goTo":"receive"}' }));
    const { status, output } = await ended(arn);
    expect([status, JSON.parse(output ?? '').answer]).toEqual(['SUCCEEDED', { goTo: 'receive' }]);
    await expect(steps.send(new SendTaskSuccessCommand({ taskToken, output: '{}' }))).rejects.toMatchObject({
      name: 'TaskTimedOut',
    });
  });

  test('has a new token for each attempt', async () => {
    const arn = await start('refused', { path: 'callback' });
    const first = await keptToken('refused');
    await steps.send(new SendTaskFailureCommand({ taskToken: first, error: 'TryAgain', cause: 'once' }));
    const second = await keptToken('refused', first);
    await steps.send(new SendTaskFailureCommand({ taskToken: second, error: 'TryAgain', cause: 'twice' }));
    expect(await ended(arn)).toMatchObject({ status: 'FAILED', error: 'TryAgain', cause: 'twice' });
  });

  test('times out in scaled time', async () => {
    const fast = await startFixture({ dayMs: 10 });
    try {
      const client = new SFNClient({
        region: 'eu-west-2',
        credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
        endpoint: fast.endpoints.stepFunctions,
      });
      const { executionArn } = await client.send(
        new StartExecutionCommand({ stateMachineArn: machine, name: 'late', input: '{"path":"callback"}' }),
      );
      await sleep(600);
      expect(await client.send(new DescribeExecutionCommand({ executionArn }))).toMatchObject({
        status: 'FAILED',
        error: 'States.Timeout',
      });
      client.destroy();
    } finally {
      await fast.stop();
    }
  });

  test('an unknown token is invalid', async () => {
    await expect(steps.send(new SendTaskSuccessCommand({ taskToken: 'x', output: '{}' }))).rejects.toMatchObject({
      name: 'InvalidToken',
    });
  });
});

describe('another definition', () => {
  const update = (definition: unknown) =>
    steps.send(new UpdateStateMachineCommand({ stateMachineArn: machine, definition: JSON.stringify(definition) }));

  test('applies to executions that start later; running ones keep theirs', async () => {
    const before = await start('before', { path: 'callback' });
    const taskToken = await keptToken('before');
    await update({ StartAt: 'Other', States: { Other: { Type: 'Pass', Result: 'another', End: true } } });
    expect(await ended(await start('after', {}))).toMatchObject({ status: 'SUCCEEDED', output: '"another"' });
    await steps.send(new SendTaskSuccessCommand({ taskToken, output: '"answered"' }));
    expect(JSON.parse((await ended(before)).output ?? '')).toMatchObject({ answer: 'answered' });
    await update(cloud.parts.stateMachines[0]?.definition);
  });

  test.each([
    ['is none', { StartAt: 'Nowhere', States: {} }],
    ['calls a function that is not there', calls('arn:aws:lambda:eu-west-2:000000000000:function:nobody')],
  ])('that %s is refused', async (_, definition) => {
    await expect(update(definition)).rejects.toMatchObject({ name: 'InvalidDefinition' });
  });

  function calls(Resource: string) {
    return { StartAt: 'Call', States: { Call: { Type: 'Task', Resource, End: true } } };
  }
});
