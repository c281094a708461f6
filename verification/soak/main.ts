import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { statesWithCustomer } from '../../domain/sim.ts';
import type { Client } from '../../local/demo/client.ts';
import { StartError } from '../../local/start-error.ts';
import { startBenchCloud, until } from '../bench/bench-cloud.ts';
import { median } from '../bench/figure.ts';
import { makeTargets } from '../bench/fleet.ts';

// npm run soak: runs orders, bulk operations and reads for ten minutes. Exits with 0 when memory stayed flat, every operation
// finished, and every SIM meets its invariants.

type Sim = {
  iccid: string;
  state: string;
  bars: unknown[];
  holding: boolean;
  partnerServiceId: string;
  customerId?: string;
  customerServiceId?: string;
  version: number;
};
type Operation = { id: string; state: string; total?: number; succeeded: number; failed: number };
type Order = { id: string; state: string; quantity: number; progress: Record<string, number> };
type List<Item> = { items: Item[]; nextCursor?: string };

/** The SIMs per order; orders repeat until the fleet has its maximum size. */
const ORDER = 100;
const MAX_FLEET = 4000;
const ORDER_EVERY_MS = 5000;
const READ_EVERY_MS = 100;
const SAMPLE_EVERY_MS = 2000;
/** The allowed growth of memory from the second fifth of the time, when everything is warm, to the last. */
const MAX_GROWTH = 1.25;

const unfinished = ['scheduled', 'queued', 'running'];

process.env.TZ = 'UTC';
const { values } = parseArgs({ options: { minutes: { type: 'string', default: '10' } } });
const minutes = Number(values.minutes);
if (!(minutes > 0)) {
  throw new StartError(`--minutes takes a number above 0, not "${values.minutes}".`);
}

const bench = await startBenchCloud({ metered: false });
const { api } = bench;
const targets = [await makeTargets(api, 'One'), await makeTargets(api, 'Other')];
const deadline = performance.now() + minutes * 60_000;
const isOver = () => performance.now() > deadline;
const counts = { orders: 0, operations: 0, reads: 0 };
const memory: number[] = [];
const versions = new Map<string, number>();
const problems: string[] = [];

try {
  await Promise.all([order(), operate(), read(), sample()]);
  process.stderr.write('waiting for what is under way ...\n');
  await settle();
  await check();
} catch (error) {
  problems.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
}
await bench.stop();
report();
process.exit(problems.length === 0 ? 0 : 1);

async function order(): Promise<void> {
  while (!isOver()) {
    if (counts.orders * ORDER < MAX_FLEET) {
      await api.post('/v1/orders', { operatorId: '3uk', quantity: ORDER, plan: { ...oneOf(targets), activate: true } });
      counts.orders += 1;
    }
    await pause(ORDER_EVERY_MS);
  }
}

/** Runs bulk operations in sequence, on SIMs that orders change concurrently. */
async function operate(): Promise<void> {
  while (!isOver()) {
    const { partnerServiceId, customerId, customerServiceId } = oneOf(targets);
    const select = { filter: { customerId } };
    const [action, body] = oneOf<[string, object]>([
      ['suspend', { select }],
      ['resume', { select }],
      ['unassign', { select: { filter: { customerId, state: 'suspended' } } }],
      ['assign', { select: { filter: { state: 'in_stock' } }, customerId, customerServiceId }],
      ['activate', { select: { filter: { state: 'assigned' } } }],
      ['migrate', { select: { filter: { state: 'in_stock' } }, partnerServiceId }],
    ]);
    const { id } = await api.post<Operation>(`/v1/sims/${action}`, body);
    counts.operations += 1;
    await finished(id);
  }
}

async function read(): Promise<void> {
  while (!isOver()) {
    const { customerId } = oneOf(targets);
    const path = oneOf([
      '/v1/sims?limit=20',
      `/v1/sims?customerId=${customerId}&limit=20`,
      '/v1/sims?state=active&limit=20',
    ]);
    const { items } = await api.get<List<Sim>>(path);
    counts.reads += 1;
    for (const sim of items) {
      look(sim);
    }
    await pause(READ_EVERY_MS);
  }
}

async function sample(): Promise<void> {
  while (!isOver()) {
    memory.push(process.memoryUsage().rss / 2 ** 20);
    await pause(SAMPLE_EVERY_MS);
  }
}

async function settle(): Promise<void> {
  for (const { id } of await all<Operation>(api, '/v1/operations?limit=200')) {
    await finished(id);
  }
  for (const { id } of await all<Order>(api, '/v1/orders?limit=200')) {
    await until(async () => {
      const { state } = await api.get<Order>(`/v1/orders/${id}`);
      return state === 'fulfilled' || state === 'failed' ? state : undefined;
    });
  }
}

function finished(id: string): Promise<Operation> {
  return until(async () => {
    const operation = await api.get<Operation>(`/v1/operations/${id}`);
    return unfinished.includes(operation.state) ? undefined : operation;
  });
}

/** Checks that every SIM is listed once and valid, every operation has a result per SIM, and every order is fulfilled. */
async function check(): Promise<void> {
  const sims = await all<Sim>(api, '/v1/sims?limit=200');
  for (const sim of sims) {
    look(sim);
  }
  expect(new Set(sims.map(({ iccid }) => iccid)).size === counts.orders * ORDER, `${sims.length} SIMs are there`);
  for (const operation of await all<Operation>(api, '/v1/operations?limit=200')) {
    const { total = 0, succeeded, failed } = operation;
    expect(succeeded + failed === total, `not every SIM has a result: ${JSON.stringify(operation)}`);
  }
  for (const one of await all<Order>(api, '/v1/orders?limit=200')) {
    expect(one.state === 'fulfilled' && one.progress.received === one.quantity, `an order: ${JSON.stringify(one)}`);
  }
}

/** Checks the invariants of a SIM (docs/architecture.md), and that its version only grows. */
function look(sim: Sim): void {
  const hasCustomer = sim.customerId !== undefined;
  const services = new Map(targets.map((one) => [one.customerId, one.customerServiceId]));
  const isRight =
    (sim.state === 'active') === (sim.bars.length === 0) &&
    sim.holding === (sim.state === 'in_holding') &&
    sim.holding === sim.partnerServiceId.startsWith('psv_holding_') &&
    hasCustomer === (sim.customerServiceId !== undefined) &&
    (!hasCustomer || services.get(sim.customerId ?? '') === sim.customerServiceId) &&
    hasCustomer === statesWithCustomer.some((state) => state === sim.state);
  expect(isRight, `a SIM is not as it must be: ${JSON.stringify(sim)}`);
  expect(sim.version >= (versions.get(sim.iccid) ?? 0), `a version went back: ${JSON.stringify(sim)}`);
  versions.set(sim.iccid, sim.version);
}

function expect(holds: boolean, otherwise: string): void {
  if (!holds && problems.length < 20) {
    problems.push(otherwise);
  }
}

function report(): void {
  const fifth = Math.max(1, Math.floor(memory.length / 5));
  const early = median(memory.slice(fifth, 2 * fifth + 1));
  const late = median(memory.slice(-fifth));
  expect(late <= early * MAX_GROWTH, 'memory grew');
  process.stdout.write(
    `${counts.orders} orders of ${ORDER} SIMs, ${counts.operations} bulk operations, ${counts.reads} lists read in ${minutes} minutes\n` +
      `memory of the local cloud: ${early.toFixed(0)} MB early, ${late.toFixed(0)} MB late (${(late / early).toFixed(2)} ×)\n` +
      `${problems.length === 0 ? 'everything is as it must be' : problems.join('\n')}\n`,
  );
}

async function all<Item>(client: Client, path: string): Promise<Item[]> {
  const items: Item[] = [];
  let cursor: string | undefined;
  do {
    const page = await client.get<List<Item>>(
      cursor === undefined ? path : `${path}&cursor=${encodeURIComponent(cursor)}`,
    );
    items.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return items;
}

function oneOf<Item>(items: readonly Item[]): Item {
  const item = items[Math.floor(Math.random() * items.length)];
  if (item === undefined) {
    throw new RangeError('There is nothing to choose from.');
  }
  return item;
}
