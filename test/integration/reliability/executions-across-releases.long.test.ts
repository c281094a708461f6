import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { definitionOf } from '../../../tools/release-definition.ts';
import { type Release, releases } from '../../../tools/releases.ts';
import {
  cloudUnderTest,
  eventually,
  executionsOf,
  patience,
  type RunningCloud,
  startCloud,
} from '../support/local-cloud.ts';
import type { Order, WholePlan } from '../support/partner.ts';

jest.setTimeout(180_000 * patience);

/*
 * Step Functions ends an execution with the definition that it began with, however many deployments come in between; what
 * that calls are the functions of today. So every definition that was ever released has to work with them.
 */

const dayMs = 500;
let dataDir = '';
let running: RunningCloud | undefined;

const cloud = cloudUnderTest(() => {
  if (!running) {
    throw new Error('The cloud is off.');
  }
  return running;
});
const acme = cloud.partner('acme-across-releases');

beforeAll(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'across-releases-'));
  running = await startCloud({ dayMs, dataDir });
});

afterAll(async () => {
  await running?.stop();
  await rm(dataDir, { recursive: true, force: true });
});

const definitionOfToday = () => JSON.stringify(cloud.cloud().parts.stateMachines[0]?.definition);
const definitionOfRelease = (release: Release) => definitionOf(release, cloud.cloud().parts.functions);

/**
 * A definition that differs from today's in all that may: a state has another name, another is gone, a retry is missing; and it
 * says at its end that it was this one.
 */
function olderDefinition(): string {
  const { States, ...rest } = JSON.parse(definitionOfToday().replaceAll('"AwaitDelivery"', '"WaitForDelivery"'));
  const { Retry: _, ...selectSims } = States.SelectSims;
  const older = { Type: 'Pass', Result: { endedBy: 'an older definition' }, End: true };
  return JSON.stringify({ ...rest, States: { ...States, SelectSims: selectSims, Finish: older } });
}

/** What Step Functions itself answers, by the bare protocol. */
async function stepFunctions<T>(operation: string, input: object): Promise<T> {
  const response = await fetch(cloud.cloud().endpoints.stepFunctions, {
    method: 'POST',
    headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': `AWSStepFunctions.${operation}` },
    body: JSON.stringify(input),
  });
  const answer: unknown = await response.json();
  if (!response.ok) {
    throw new Error(`${operation}: ${JSON.stringify(answer)}`);
  }
  // Safe: the operation answers so.
  return answer as T;
}

const machineArn = () => cloud.cloud().parts.stateMachines[0]?.arn ?? '';

/** From here on executions begin with this definition. */
async function deploy(definition: string): Promise<void> {
  await stepFunctions('UpdateStateMachine', { stateMachineArn: machineArn(), definition });
}

/** What the executions of an order came to, the first attempt first. */
async function endsOf({ id }: Order): Promise<unknown[]> {
  const names = (await executionsOf(cloud)).map(({ name }) => name).filter((name) => name.startsWith(id));
  const ends = names.sort().map(async (name) => {
    const executionArn = `${machineArn().replace(':stateMachine:', ':execution:')}:${name}`;
    const { status, output } = await stepFunctions<{ status: string; output?: string }>('DescribeExecution', {
      executionArn,
    });
    return { status, endedBy: JSON.parse(output ?? '{}').endedBy ?? 'the definition of today' };
  });
  return Promise.all(ends);
}

async function waitsForDelivery(plan: WholePlan): Promise<Order> {
  await cloud.operator('3uk').behaves({ leadTimeDays: 5 });
  return acme.ordersAccepted({ operatorId: '3uk', quantity: 50, plan });
}

async function expectFulfilled({ id }: Order, quantity: number): Promise<void> {
  const order = await acme.orderIn(id, 'fulfilled', { within: 60_000 });
  const all = { received: quantity, migrated: quantity, assigned: quantity, activated: quantity, failed: 0 };
  expect(order).toMatchObject({ receivedQuantity: quantity, progress: all });
  expect(await acme.sims({ orderId: id, state: 'active' })).toHaveLength(quantity);
}

describe.each(releases())('with the definition of release $version and the functions of today', (release) => {
  beforeAll(() => deploy(definitionOfRelease(release)));

  test('SIMs of an order become active by its plan', async () => {
    await expectFulfilled(await waitsForDelivery(await acme.aPlan()), 50);
  });

  test('SIMs of an order become active by hand, are suspended, and terminated', async () => {
    await cloud.operator('a1').behavesWell();
    const { partnerServiceId, customerId, customerServiceId } = await acme.aPlan();
    const [sim] = await acme.simsInHolding({ operatorId: 'a1', quantity: 20 });
    const select = { orderId: sim?.orderId };
    for (const [action, about] of [
      ['migrate', { partnerServiceId }],
      ['assign', { customerId, customerServiceId }],
      ['activate', {}],
      ['suspend', { reason: 'lost' }],
      ['terminate', { confirm: 20 }],
    ] as const) {
      const done = await acme.bulkDone(action, { select, ...about });
      expect(done).toMatchObject({ action, state: 'succeeded', succeeded: 20, failed: 0 });
    }
  });
});

describe('a deployment of another definition', () => {
  test('leaves the executions that run their own, and gives the next ones the new one', async () => {
    await deploy(olderDefinition());
    const plan = await acme.aPlan();
    const before = await waitsForDelivery(plan);
    await deploy(definitionOfToday());
    const after = await waitsForDelivery(plan);

    await expectFulfilled(before, 50);
    await expectFulfilled(after, 50);
    await eventually(async () => {
      expect(await endsOf(before)).toEqual([{ status: 'SUCCEEDED', endedBy: 'an older definition' }]);
      expect(await endsOf(after)).toEqual([{ status: 'SUCCEEDED', endedBy: 'the definition of today' }]);
    });
  });
});

/*
 * The local engine has its executions in memory: when the cloud is stopped they are lost, which Step Functions loses never. What
 * is seen here is the other way over a deployment: the sweep finds that the order's execution is gone and starts another, of
 * today's definition, and that goes on from what the one before it left in the table.
 */
describe('a deployment that loses the executions', () => {
  test('has orders that waited for their delivery under older definitions fulfilled by the one of today', async () => {
    const orders: Order[] = [];
    for (const definition of [olderDefinition(), ...releases().map(definitionOfRelease)]) {
      await deploy(definition);
      orders.push(await waitsForDelivery(await acme.aPlan()));
    }
    await running?.stop();
    running = undefined;
    running = await startCloud({ dayMs, dataDir });
    for (const { id } of orders) {
      expect(await acme.order(id)).toMatchObject({ receivedQuantity: 0 });
    }

    for (const order of orders) {
      await expectFulfilled(order, 50);
      await eventually(async () => {
        expect(await endsOf(order)).toContainEqual({ status: 'SUCCEEDED', endedBy: 'the definition of today' });
      });
    }
  });
});
