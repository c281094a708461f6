import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { cloudUnderTest, eventually, patience, type RunningCloud, startCloud } from '../support/local-cloud.ts';
import { is, type Operation, type Order } from '../support/partner.ts';
import { type Client, type NewClient, userPoolOf } from '../support/user-pool.ts';

jest.setTimeout(300_000 * patience);

const dayMs = 1000;
let dataDir = '';
let running: RunningCloud | undefined;

const cloud = cloudUnderTest(() => {
  if (!running) {
    throw new Error('The cloud is off.');
  }
  return running;
});
const acme = cloud.partner('acme-resilience');

beforeAll(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'resilience-test-'));
  running = await startCloud({ dayMs, dataDir });
});

afterAll(async () => {
  await running?.stop();
  running = undefined;
  await rm(dataDir, { recursive: true, force: true });
});

/** Executions live in the memory of the cloud: with it, all of them end where they stand. */
async function restart(): Promise<void> {
  const before = await timeNow();
  await running?.stop();
  running = undefined;
  running = await startCloud({ dayMs, dataDir });
  expect(await timeNow()).toBeGreaterThanOrEqual(before);
}

async function timeNow(): Promise<number> {
  return Date.parse(is(200, await cloud.api().get<{ now: string }>('/_local/clock')).now);
}

async function expectFulfilled(id: string, quantity: number): Promise<void> {
  const order = await acme.orderIn(id, 'fulfilled', { within: 60_000 });
  const all = { received: quantity, migrated: quantity, assigned: quantity, activated: quantity, failed: 0 };
  expect(order).toMatchObject({ receivedQuantity: quantity, progress: all });
  const sims = await acme.sims({ orderId: id, state: 'active' });
  expect(new Set(sims.map(({ iccid }) => iccid)).size).toBe(quantity);
  const reached = await acme.statesOf(id);
  expect(new Set(reached).size).toBe(reached.length);
}

/** Waits until an order has reached a state. */
function when(id: string, isSo: (order: Order) => boolean): Promise<void> {
  return eventually(async () => {
    const order = await acme.order(id);
    if (!isSo(order)) {
      throw new Error(`Order ${id} is not so far: ${JSON.stringify(order)}`);
    }
  });
}

/**
 * Waits until the operator has been asked for all activations of an order. A request that the restart interrupts would be repeated
 * days later: a real second is a day here.
 */
function whenAsked(id: string): Promise<void> {
  return eventually(async () => {
    const operationId = (await acme.order(id)).operations.find(({ stage }) => stage === 'activate')?.operationId;
    const { total, succeeded, waitingForOperator } = is(
      200,
      await acme.api.get<Operation>(`/v1/operations/${operationId}`),
    );
    expect(succeeded + (waitingForOperator ?? 0)).toBe(total);
  });
}

/** A user and a partner's system are let in. @returns what shows that they still are. */
async function letIn(): Promise<() => Promise<void>> {
  const pool = userPoolOf(cloud);
  const platform = () => cloud.as({ roles: ['platform'] });
  const clients = `/v1/platform/partners/${acme.id}/clients`;
  const [email, roles] = ['ada@acme.example', ['admin']];
  is(201, await platform().post('/v1/platform/users', { email, partnerId: acme.id, roles }));
  const client = is(201, await platform().post<NewClient>(clients, { name: 'Order desk', roles }));
  return async () => {
    is(200, await cloud.api(await pool.signIn(email)).get('/v1/partner'));
    const { tokenUrl } = is(200, await platform().get<Client>(`${clients}/${client.id}`));
    const api = cloud.api(is(200, await pool.tokenOf({ ...client, tokenUrl })).access_token);
    is(200, await api.get('/v1/partner'));
  };
}

test('after a restart of the cloud every order continues automatically, and users and clients can still sign in', async () => {
  await cloud.operator('3uk').behaves({ leadTimeDays: 20 });
  await cloud.operator('a1').behaves({ leadTimeDays: 0, activationDelayDays: 5 });
  await cloud.operator('orange').behaves({ leadTimeDays: 0 });
  const plan = await acme.aPlan();
  const expectLetIn = await letIn();

  // One waits for its delivery, one for the confirmation of its activations.
  const activating = await acme.orders({ operatorId: 'a1', quantity: 40, plan });
  await whenAsked(activating.id);
  const { id, operatorReference } = await acme.ordersAccepted({ operatorId: '3uk', quantity: 50, plan });
  // On a slow machine, the order would otherwise arrive during the restart.
  await cloud.clock.held(async () => {
    await restart();
    expect(await acme.order(id)).toMatchObject({ plan, operatorReference, receivedQuantity: 0 });
    await expectLetIn();
  });

  // SIMs are received, then migrated.
  const received = await acme.orders({ operatorId: 'orange', quantity: 300, plan });
  await when(received.id, ({ state }) => ['dispatched', 'delivered'].includes(state));
  await restart();
  await when(received.id, ({ progress }) => progress.migrated > 0);
  await restart();
  await Promise.all([expectFulfilled(id, 50), expectFulfilled(activating.id, 40), expectFulfilled(received.id, 300)]);
});

test('nothing of all that has left a secret or an address in the log', async () => {
  const log = await readFile(path.join(dataDir, 'functions.log'), 'utf8');
  expect(log).toContain('"message":"request"');
  const { apiKey } = JSON.parse(await readFile(path.join(dataDir, 'operators-key.json'), 'utf8'));
  for (const secret of [apiKey, 'eyJ', 'Bearer', '1 Harbour Exchange Square', '@']) {
    expect(log).not.toContain(secret);
  }
});
