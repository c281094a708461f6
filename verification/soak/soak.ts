import { setTimeout as pause } from 'node:timers/promises';
import { statesWithCustomer } from '../../domain/sim.ts';
import type { Client } from '../../local/demo/client.ts';
import { type BenchCloud, startBenchCloud, until } from '../bench/bench-cloud.ts';
import { median } from '../bench/figure.ts';
import { makeTargets } from '../bench/fleet.ts';

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

type Targets = Awaited<ReturnType<typeof makeTargets>>;

const unfinished = ['scheduled', 'queued', 'running'];

/** A running soak test. */
type Soak = {
  api: Client;
  targets: readonly Targets[];
  isOver(): boolean;
  counts: { orders: number; operations: number; reads: number };
  /** Samples of the memory of this process, in MB. */
  memory: number[];
  /** The highest version of each SIM so far. */
  versions: Map<string, number>;
  problems: string[];
};

/** Runs orders, bulk operations and reads concurrently, then checks everything. @returns the report, and the problems found */
export async function soak(minutes: number): Promise<{ report: string; problems: readonly string[] }> {
  const bench = await startBenchCloud({ metered: false });
  try {
    return await soakOn(bench, minutes);
  } finally {
    await bench.stop();
  }
}

async function soakOn({ api }: BenchCloud, minutes: number) {
  const deadline = performance.now() + minutes * 60_000;
  const run: Soak = {
    api,
    targets: [await makeTargets(api, 'One'), await makeTargets(api, 'Other')],
    isOver: () => performance.now() > deadline,
    counts: { orders: 0, operations: 0, reads: 0 },
    memory: [],
    versions: new Map(),
    problems: [],
  };
  try {
    await Promise.all([placeOrders(run), runOperations(run), readLists(run), sampleMemory(run)]);
    process.stderr.write('waiting for pending work ...\n');
    await finishPending(run);
    await checkAll(run);
  } catch (error) {
    run.problems.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
  return { report: reportOf(run, minutes), problems: run.problems };
}

async function placeOrders({ api, targets, isOver, counts }: Soak): Promise<void> {
  while (!isOver()) {
    if (counts.orders * ORDER < MAX_FLEET) {
      await api.post('/v1/orders', { operatorId: '3uk', quantity: ORDER, plan: { ...oneOf(targets), activate: true } });
      counts.orders += 1;
    }
    await pause(ORDER_EVERY_MS);
  }
}

/** Runs bulk operations in sequence, on SIMs that orders change concurrently. */
async function runOperations({ api, targets, isOver, counts }: Soak): Promise<void> {
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
    await finished(api, id);
  }
}

async function readLists(run: Soak): Promise<void> {
  const { api, targets, isOver, counts } = run;
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
      checkSim(run, sim);
    }
    await pause(READ_EVERY_MS);
  }
}

async function sampleMemory({ isOver, memory }: Soak): Promise<void> {
  while (!isOver()) {
    memory.push(process.memoryUsage().rss / 2 ** 20);
    await pause(SAMPLE_EVERY_MS);
  }
}

async function finishPending({ api }: Soak): Promise<void> {
  for (const { id } of await all<Operation>(api, '/v1/operations?limit=200')) {
    await finished(api, id);
  }
  for (const { id } of await all<Order>(api, '/v1/orders?limit=200')) {
    await until(`order ${id} to finish`, async () => {
      const { state } = await api.get<Order>(`/v1/orders/${id}`);
      return state === 'fulfilled' || state === 'failed' ? state : undefined;
    });
  }
}

function finished(api: Client, id: string): Promise<Operation> {
  return until(`operation ${id} to finish`, async () => {
    const operation = await api.get<Operation>(`/v1/operations/${id}`);
    return unfinished.includes(operation.state) ? undefined : operation;
  });
}

/** Checks that every SIM is listed once and valid, every operation has a result per SIM, and every order is fulfilled. */
async function checkAll(run: Soak): Promise<void> {
  const { api, counts } = run;
  const sims = await all<Sim>(api, '/v1/sims?limit=200');
  for (const sim of sims) {
    checkSim(run, sim);
  }
  expect(
    run,
    new Set(sims.map(({ iccid }) => iccid)).size === counts.orders * ORDER,
    `the fleet has ${sims.length} SIMs, not ${counts.orders * ORDER}`,
  );
  for (const operation of await all<Operation>(api, '/v1/operations?limit=200')) {
    const { total = 0, succeeded, failed } = operation;
    expect(run, succeeded + failed === total, `not every SIM has a result: ${JSON.stringify(operation)}`);
  }
  for (const one of await all<Order>(api, '/v1/orders?limit=200')) {
    expect(
      run,
      one.state === 'fulfilled' && one.progress.received === one.quantity,
      `an order is not fulfilled: ${JSON.stringify(one)}`,
    );
  }
}

/** Checks the invariants of a SIM (docs/architecture.md), and that its version only grows. */
function checkSim(run: Soak, sim: Sim): void {
  const { targets, versions } = run;
  const hasCustomer = sim.customerId !== undefined;
  const services = new Map<string, string>(targets.map((one) => [one.customerId, one.customerServiceId]));
  const isRight =
    (sim.state === 'active') === (sim.bars.length === 0) &&
    sim.holding === (sim.state === 'in_holding') &&
    sim.holding === sim.partnerServiceId.startsWith('psv_holding_') &&
    hasCustomer === (sim.customerServiceId !== undefined) &&
    (!hasCustomer || services.get(sim.customerId ?? '') === sim.customerServiceId) &&
    hasCustomer === statesWithCustomer.some((state) => state === sim.state);
  expect(run, isRight, `a SIM breaks an invariant: ${JSON.stringify(sim)}`);
  expect(run, sim.version >= (versions.get(sim.iccid) ?? 0), `a version decreased: ${JSON.stringify(sim)}`);
  versions.set(sim.iccid, sim.version);
}

/** Records a problem unless the condition holds; at most 20. */
function expect({ problems }: Soak, holds: boolean, problem: string): void {
  if (!holds && problems.length < 20) {
    problems.push(problem);
  }
}

function reportOf(run: Soak, minutes: number): string {
  const { counts, memory, problems } = run;
  const fifth = Math.max(1, Math.floor(memory.length / 5));
  const early = median(memory.slice(fifth, 2 * fifth + 1));
  const late = median(memory.slice(-fifth));
  expect(run, late <= early * MAX_GROWTH, 'memory grew');
  return [
    `${counts.orders} orders of ${ORDER} SIMs, ${counts.operations} bulk operations and ${counts.reads} lists in ${minutes} minutes`,
    `memory of the local cloud: ${early.toFixed(0)} MB early, ${late.toFixed(0)} MB late (${(late / early).toFixed(2)} ×)`,
    ...(problems.length === 0 ? ['no problems'] : problems),
  ].join('\n');
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
    throw new RangeError('There are no items to choose from.');
  }
  return item;
}
