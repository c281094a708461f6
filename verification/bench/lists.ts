import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type BenchCloud, startBenchCloud } from './bench-cloud.ts';
import { cloneSims } from './clone-sims.ts';
import { type Figure, figure, median } from './figure.ts';
import { bodyOf, makeTargets, operate, receive, steps, type Targets } from './fleet.ts';
import type { BenchOptions } from './main.ts';

/** The fleets whose lists are compared. */
const SMALL = 1000;
const LARGE = 1_000_000;

/** The page size: with ten, a thousand SIMs have a hundredth page. */
const LIMIT = 10;
const HUNDREDTH = 100;
const READS = 1;

type Sim = { iccid: string; imsi: string; state: 'in_stock' };
type List = { items: Sim[]; nextCursor?: string };
/** The cost of reading a page: read units and milliseconds. */
type Read = { units: number; ms: number };
type PagesRead = Record<'first' | 'hundredth', Read>;

/**
 * Compares a page of a filtered list in a fleet of a million with the same page in a fleet of a thousand. In both, a customer has the
 * same thousand active SIMs of one order; all others are in stock.
 */
export async function lists({ engine }: BenchOptions): Promise<Figure[]> {
  const small = await measureFleet(SMALL, engine);
  const large = await measureFleet(LARGE, engine);
  return [...small.keys()].flatMap((filter) =>
    (['first', 'hundredth'] as const).flatMap((page) => {
      const [one, other] = [small.get(filter)?.[page], large.get(filter)?.[page]];
      if (!one || !other) {
        return [];
      }
      return [
        figure({
          name: `${page} page by ${filter} in ${LARGE} ÷ in ${SMALL}`,
          unit: 'units',
          ours: other.units,
          floor: one.units,
          goal: { atMost: 1.5 },
          runs: READS,
          note: `${other.ms.toFixed(0)} ms ÷ ${one.ms.toFixed(0)} ms`,
        }),
      ];
    }),
  );
}

async function measureFleet(size: number, engine: BenchOptions['engine']): Promise<Map<string, PagesRead>> {
  process.stderr.write(`  a fleet of ${size} SIMs ...\n`);
  const dataDir = await mkdtemp(path.join(tmpdir(), 'sim-fulfilment-lists-'));
  try {
    const { orderId, targets, tableName, sample } = await prepare(dataDir, engine);
    cloneSims(path.join(dataDir, 'dynamodb.sqlite'), tableName, sample, size);
    const bench = await startBenchCloud({ engine, metered: true, dataDir });
    try {
      const { items } = await bench.api.get<List>(`/v1/orders/${orderId}/sims?limit=1`);
      const start = items[0]?.iccid.slice(0, 11) ?? '';
      const pagesByFilter = new Map<string, PagesRead>();
      for (const [name, query] of filters(orderId, targets, start)) {
        pagesByFilter.set(name, await readList(bench, query));
      }
      return pagesByFilter;
    } finally {
      await bench.stop();
    }
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
}

/** Creates the common part of both fleets through the API, and a SIM in stock to clone. */
async function prepare(dataDir: string, engine: BenchOptions['engine']) {
  const bench = await startBenchCloud({ engine, metered: false, dataDir });
  try {
    if (bench.engine !== 'dynoxide') {
      throw new Error(
        `A million SIMs can only be written to the file of Dynoxide, not of ${bench.engine}. Omit --engine.`,
      );
    }
    const { api, tableName } = bench;
    const targets = await makeTargets(api, 'Lists');
    const orderId = await receive(api, SMALL);
    for (const step of steps) {
      await operate(api, step, bodyOf(step, { orderId }, targets));
    }
    const stock = await receive(api, 50);
    await operate(api, 'migrate', bodyOf('migrate', { orderId: stock }, targets));
    const { items } = await api.get<List>(`/v1/orders/${stock}/sims?limit=1`);
    const [sample] = items;
    if (!sample) {
      throw new Error('No SIM is in stock.');
    }
    return { orderId, targets, tableName, sample };
  } finally {
    await bench.stop();
  }
}

function filters(orderId: string, { customerId, customerServiceId }: Targets, start: string): [string, object][] {
  const state = 'active';
  return [
    ['state', { state: 'in_stock' }],
    ['customer', { customerId }],
    ['customer and state', { customerId, state }],
    ['customer service', { customerServiceId }],
    ['customer service and state', { customerServiceId, state }],
    ['order', { orderId }],
    ['order and state', { orderId, state }],
    ['start of ICCID', { q: start }],
    ['start of ICCID and state', { q: start, state }],
  ];
}

async function readList(bench: BenchCloud, query: object): Promise<PagesRead> {
  const readings: PagesRead[] = [];
  for (let n = 0; n < READS; n += 1) {
    readings.push(await readOnce(bench, query));
  }
  const middle = (page: keyof PagesRead): Read => ({
    units: median(readings.map((one) => one[page].units)),
    ms: median(readings.map((one) => one[page].ms)),
  });
  return { first: middle('first'), hundredth: middle('hundredth') };
}

async function readOnce({ api, meter }: BenchCloud, query: object): Promise<PagesRead> {
  let cursor = '';
  let first: Read | undefined;
  for (let page = 1; ; page += 1) {
    meter?.take();
    const begun = performance.now();
    const parameters = new URLSearchParams({ ...query, limit: String(LIMIT), ...(cursor ? { cursor } : {}) });
    const { items, nextCursor } = await api.get<List>(`/v1/sims?${parameters}`);
    const { due: _, ...units } = meter?.take().read ?? {};
    const read = { units: Object.values(units).reduce((sum, of) => sum + of, 0), ms: performance.now() - begun };
    first ??= read;
    if (items.length !== LIMIT) {
      throw new Error(`Page ${page} of ${JSON.stringify(query)} has ${items.length} SIMs, not ${LIMIT}.`);
    }
    if (page === HUNDREDTH) {
      return { first, hundredth: read };
    }
    cursor = nextCursor ?? '';
  }
}
