import { tmpdir } from 'node:os';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Context } from 'aws-lambda';
import { documentClient, tableName } from '../../../adapters/dynamodb/client.ts';
import { itemKinds } from '../../../adapters/dynamodb/item-kinds.ts';
import { due } from '../../../adapters/dynamodb/keys.ts';
import { getOperation, type OperationRecord, putOperation } from '../../../adapters/dynamodb/operations.ts';
import { dueRuns } from '../../../adapters/dynamodb/runs.ts';
import { write } from '../../../adapters/dynamodb/writes.ts';
import { startRun } from '../../../adapters/step-functions.ts';
import { asId } from '../../../domain/ids.ts';
import { handler as sweep } from '../../../functions/schedules/sweep.ts';
import { handler as nextStage } from '../../../functions/workflow/next-stage.ts';
import { type Engine, startEngine } from '../../../local/dynamodb/engine.ts';
import { createTables } from '../../../local/dynamodb/tables.ts';
import { useTableOf } from '../../../local/table-of-cloud.ts';
import { eventually, executionsOf, useLocalCloud, wantedEngine } from '../support/local-cloud.ts';
import { startThrottlingProxy, type ThrottlingProxy } from '../support/throttling-proxy.ts';

/*
 * AWS delivers some invocations twice. Here functions run in this process, several at once: on a table of their own, so that the schedules
 * of the cloud do not join in, and with the cloud's Step Functions.
 */

const cloud = useLocalCloud();
const partnerId = asId('partner', 'acme-overlap');
const context = { getRemainingTimeInMillis: () => 60_000, functionName: 'test', awsRequestId: 'test' } as Context; // all that they read
let engine: Engine | undefined;
let stepFunctions: ThrottlingProxy | undefined;
let isThrottling = false;
let machine = '';
let id = asId('operation', '');
let made = 0;

beforeAll(async () => {
  const { parts, endpoints } = cloud.cloud();
  engine = await startEngine({ engine: wantedEngine(), folder: tmpdir(), isPersistent: false });
  stepFunctions = await startThrottlingProxy(endpoints.stepFunctions, () =>
    isThrottling ? { __type: 'ThrottlingException', message: 'Rate exceeded' } : undefined,
  );
  useTableOf({ parts, endpoints: { ...endpoints, dynamodb: engine.url } });
  machine = parts.stateMachines[0]?.arn ?? '';
  Object.assign(process.env, {
    STATE_MACHINE_ARN: machine,
    AWS_ENDPOINT_URL_SFN: stepFunctions.url,
    POWERTOOLS_METRICS_DISABLED: 'true',
  });
  const client = new DynamoDBClient({ endpoint: engine.url });
  await createTables(client, parts.tables);
  client.destroy();
}, 180_000);

afterAll(async () => {
  stepFunctions?.stop();
  await engine?.stop();
});

/** An operation with unfinished work, due for the sweep. */
beforeEach(async () => {
  made += 1;
  id = `op_overlap${made}x${process.pid}`;
  const at = '2026-01-01T00:00:00.000Z';
  const record: OperationRecord = {
    id,
    action: 'suspend',
    target: {},
    selection: { kind: 'list' },
    state: 'running',
    total: 5,
    pages: 1,
    succeeded: 0,
    failed: 0,
    requestedBy: 'test',
    createdAt: at,
    updatedAt: at,
    version: 1,
    runAttempt: 1,
    runDueAt: at,
  };
  await write(putOperation(partnerId, record, 'new'));
});

/** The attempts at the operation whose executions were started, in order. */
async function attempts(): Promise<string[]> {
  const all = await executionsOf(cloud);
  return all.flatMap(({ name }) => (name.startsWith(`${id}-`) ? [name.slice(id.length)] : [])).sort();
}

async function firstExecutionEnded(): Promise<void> {
  await startRun({ kind: 'operation', partnerId, id }, 1);
  await eventually(async () => {
    const first = (await executionsOf(cloud)).find(({ name }) => name === `${id}-1`);
    expect(first?.status).toBe('SUCCEEDED');
  });
}

test('two sweeps that see the same ended execution start one new execution', async () => {
  await firstExecutionEnded();
  await Promise.all([sweep({}, context), sweep({}, context)]);
  expect(await attempts()).toEqual(['-1', '-2']);
  expect(await getOperation(partnerId, id)).toMatchObject({ runAttempt: 2 });
});

test('two sweeps that see an execution that was never started start it once', async () => {
  await Promise.all([sweep({}, context), sweep({}, context)]);
  expect(await attempts()).toEqual(['-1']);
  expect(await getOperation(partnerId, id)).toMatchObject({ runAttempt: 1 });
});

test('NextStage that runs twice at the end of an execution starts one other, and so does a late repetition', async () => {
  await firstExecutionEnded();
  const input = { kind: 'operation', partnerId, id, stageRuns: 99, stateMachineArn: machine, execution: `${id}-1` };
  const ended = { stage: 'none', stageRuns: 99 };
  expect(await Promise.all([nextStage(input, context), nextStage(input, context)])).toMatchObject([ended, ended]);
  expect(await nextStage(input, context)).toMatchObject(ended);
  expect(await attempts()).toEqual(['-1', '-2']);
  expect(await getOperation(partnerId, id)).toMatchObject({ runAttempt: 2 });
});

test('a check that Step Functions throttles does not count as a failure', async () => {
  isThrottling = true;
  for (let look = 0; look < 2; look += 1) {
    await sweep({}, context);
  }
  expect(stepFunctions?.throttled()).toBeGreaterThanOrEqual(2);
  const dueAt = '2026-01-01T00:00:00.000Z';
  expect(await dueRuns(new Date(), 10)).toEqual([
    { kind: 'operation', partnerId, id, dueAt, duePk: due.work, key: itemKinds.operation.key({ partnerId, id }) },
  ]);
  const { Item } = await documentClient().send(
    new GetCommand({ TableName: tableName(), Key: itemKinds.operation.key({ partnerId, id }) }),
  );
  expect(Item).toMatchObject({ duePk: due.work, dueAt });
  expect(Item).not.toHaveProperty('failedLooks');
  isThrottling = false;
  await sweep({}, context);
  expect(await attempts()).toEqual(['-1']);
});
