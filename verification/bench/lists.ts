import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { asId } from '../../domain/ids.ts';
import { type BenchCloud, startBenchCloud } from './bench-cloud.ts';
import { cloneSims, type SampleSim } from './clone-sims.ts';
import { type Figure, figure, median } from './figure.ts';
import { bodyOf, makeTargets, operate, receive, steps, type Targets } from './fleet.ts';
import type { BenchOptions } from './main.ts';

/** The fleet with which larger ones are compared, and the number of SIMs that every list finds in each fleet. */
const SMALL = 1000;
const LARGE = 1_000_000;

/** The page size: with ten, a thousand SIMs have a hundredth page. */
const LIMIT = 10;
/** The 99 pages before the hundredth are read as five larger ones. */
const SKIPPED = { pages: 5, limit: 198 };
const READS = 3;

/** A list answers within this time on the local cloud. */
const MAX_MS = 500;

const PARTNER = asId('partner', 'bench');

type Sim = Omit<SampleSim, 'partnerId'> & { tags: string[] };
type List = { items: Sim[]; nextCursor?: string };
type Counts = { complete: boolean; states: Record<string, number> };
/** The cost of reading a page: its SIMs, read units and milliseconds. */
type Read = { sims: number; units: number; ms: number };
/** Lists of a few SIMs have only a first page. */
type PagesRead = { first: Read; hundredth?: Read };
/** A filter; `finds` is the number of SIMs that it finds where that does not grow with the fleet. */
type Filter = { name: string; query: Record<string, string>; finds?: number };

/**
 * Compares a page of a filtered list in larger fleets with the same page in a fleet of a thousand. In each, a customer has the same
 * thousand active SIMs of one order; all others are in stock.
 */
export async function lists({ engine, sims = [LARGE] }: BenchOptions): Promise<Figure[]> {
  const { pages: small } = await measureFleet(SMALL, engine);
  const figures: Figure[] = [];
  for (const size of sims) {
    const { pages: large, counts } = await measureFleet(size, engine);
    figures.push(...[...large].flatMap(([filter, pages]) => comparedPages(filter, size, pages, small.get(filter))));
    const slowest = Math.max(...[...large.values()].flatMap(({ first, hundredth }) => [first.ms, hundredth?.ms ?? 0]));
    figures.push(
      figure({
        name: `slowest page in ${size}; the floor is the limit`,
        unit: 'ms',
        ours: slowest,
        floor: MAX_MS,
        goal: { atMost: 1 },
        runs: READS,
      }),
      figure({
        name: `numbers of SIMs by state in ${size}`,
        unit: 'units',
        ours: counts.units,
        runs: READS,
        note: `${counts.ms.toFixed(0)} ms`,
      }),
    );
  }
  return figures;
}

function comparedPages(filter: string, size: number, large: PagesRead, small: PagesRead | undefined): Figure[] {
  return (['first', 'hundredth'] as const).flatMap((page) => {
    const [one, other] = [small?.[page], large[page]];
    if (!one || !other) {
      return [];
    }
    const isSame = one.sims === other.sims;
    return [
      figure({
        name: `${page} page of ${other.sims} by ${filter} in ${size}${isSame ? ` ÷ in ${SMALL}` : ''}`,
        unit: 'units',
        ours: other.units,
        ...(isSame ? { floor: one.units, goal: { atMost: 1.5 } } : {}),
        runs: READS,
        note: `${other.ms.toFixed(0)} ms ÷ ${one.ms.toFixed(0)} ms`,
      }),
    ];
  });
}

async function measureFleet(
  size: number,
  engine: BenchOptions['engine'],
): Promise<{ pages: Map<string, PagesRead>; counts: Read }> {
  process.stderr.write(`  a fleet of ${size} SIMs ...\n`);
  const dataDir = await mkdtemp(path.join(tmpdir(), 'sim-fulfilment-lists-'));
  try {
    const { orderId, targets, tableName, sample } = await prepareFleet(dataDir, engine);
    cloneSims(path.join(dataDir, 'dynamodb.sqlite'), tableName, sample, size);
    const bench = await startBenchCloud({ engine, metered: true, dataDir });
    try {
      const { items } = await bench.api.get<List>(`/v1/orders/${orderId}/sims?limit=1`);
      const counts = await readCounts(bench, size);
      const pages = new Map<string, PagesRead>();
      for (const filter of [...filters(orderId, targets), ...items.flatMap(searches)]) {
        pages.set(filter.name, await readList(bench, filter));
      }
      return { pages, counts };
    } finally {
      await bench.stop();
    }
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
}

/** Creates the common part of both fleets through the API, and a SIM in stock to clone. */
export async function prepareFleet(dataDir: string, engine: BenchOptions['engine']) {
  const bench = await startBenchCloud({ engine, metered: false, dataDir });
  try {
    if (bench.engine !== 'dynoxide') {
      throw new Error(
        `Copies of SIMs can only be written to the file of Dynoxide, not of ${bench.engine}. Omit --engine.`,
      );
    }
    const { api, tableName } = bench;
    const targets = await makeTargets(api, 'Lists');
    const orderId = await receive(api, SMALL);
    for (const step of steps) {
      await operate(api, step, bodyOf(step, { orderId }, targets));
    }
    await operate(api, 'label', { select: { orderId }, label: 'Pumping station', addTags: ['north'] });
    const stock = await receive(api, 50);
    await operate(api, 'migrate', bodyOf('migrate', { orderId: stock }, targets));
    await operate(api, 'label', { select: { orderId: stock }, label: 'Meter', addTags: ['south'] });
    const { items } = await api.get<List>(`/v1/orders/${stock}/sims?limit=1`);
    const [sample] = items;
    if (!sample) {
      throw new Error('No SIM is in stock.');
    }
    return { orderId, targets, tableName, sample: { ...sample, partnerId: PARTNER } };
  } finally {
    await bench.stop();
  }
}

/** Filters that each find at least a hundred pages of SIMs. */
function filters(orderId: string, { customerId, customerServiceId }: Targets): Filter[] {
  const state = 'active';
  return [
    { name: 'state', query: { state: 'in_stock' } },
    { name: 'customer', query: { customerId } },
    { name: 'customer and state', query: { customerId, state } },
    { name: 'customer service', query: { customerServiceId } },
    { name: 'customer service and state', query: { customerServiceId, state } },
    { name: 'order', query: { orderId } },
    { name: 'order and state', query: { orderId, state } },
    { name: 'tag', query: { tag: 'north' } },
    { name: 'tag and state', query: { tag: 'north', state } },
    { name: 'tag in a search text', query: { q: 'North' } },
    { name: 'label', query: { q: 'pump' } },
  ];
}

/** Filters by the values of one of the thousand SIMs. */
function searches({ iccid, imsi, msisdn }: Sim): Filter[] {
  const start = iccid.slice(0, 11);
  return [
    { name: 'start of ICCID', query: { q: start } },
    { name: 'start of ICCID and state', query: { q: start, state: 'active' } },
    { name: 'IMSI', query: { imsi }, finds: 1 },
    { name: 'MSISDN', query: { msisdn }, finds: 1 },
    { name: 'MSISDN in a search text', query: { q: msisdn }, finds: 1 },
    { name: 'eight digits at the end of the ICCID', query: { iccidEnds: iccid.slice(-8) }, finds: 2 },
    { name: 'four digits at the end of the ICCID', query: { iccidEnds: iccid.slice(-4) }, finds: LIMIT },
  ];
}

async function readList(bench: BenchCloud, { query, finds }: Filter): Promise<PagesRead> {
  const first = await readPage(bench, query);
  if (finds !== undefined) {
    requireBetween(first.sims, 1, finds, query);
    return { first };
  }
  requireBetween(first.sims, LIMIT, LIMIT, query);
  let cursor = {};
  for (let page = 0; page < SKIPPED.pages; page += 1) {
    const parameters = new URLSearchParams({ ...query, ...cursor, limit: String(SKIPPED.limit) });
    const { items, nextCursor = '' } = await bench.api.get<List>(`/v1/sims?${parameters}`);
    requireBetween(items.length, SKIPPED.limit, SKIPPED.limit, query);
    cursor = { cursor: nextCursor };
  }
  const hundredth = await readPage(bench, { ...query, ...cursor });
  requireBetween(hundredth.sims, LIMIT, LIMIT, query);
  return { first, hundredth };
}

/** Reads a page several times. */
async function readPage(bench: BenchCloud, query: Record<string, string>): Promise<Read> {
  const parameters = new URLSearchParams({ ...query, limit: String(LIMIT) });
  return readOften(bench, async () => (await bench.api.get<List>(`/v1/sims?${parameters}`)).items.length);
}

/** Counts the SIMs several times. On the scaled clock, each request counts them again. */
async function readCounts(bench: BenchCloud, size: number): Promise<Read> {
  return readOften(bench, async () => {
    const { states, complete } = await bench.api.get<Counts>('/v1/sims/counts');
    const sims = Object.values(states).reduce((sum, count) => sum + count, 0);
    if (!complete || sims < size) {
      throw new Error(`${sims} of at least ${size} SIMs were counted.`);
    }
    return sims;
  });
}

/** Measures a request several times. It returns a number of SIMs. */
async function readOften({ meter }: BenchCloud, request: () => Promise<number>): Promise<Read> {
  const reads: Read[] = [];
  for (let n = 0; n < READS; n += 1) {
    meter?.take();
    const begun = performance.now();
    const sims = await request();
    const ms = performance.now() - begun;
    const { due: _, ...units } = meter?.take().read ?? {};
    reads.push({ sims, units: Object.values(units).reduce((sum, of) => sum + of, 0), ms });
  }
  const middle = (of: keyof Read) => median(reads.map((read) => read[of]));
  return { sims: middle('sims'), units: middle('units'), ms: middle('ms') };
}

function requireBetween(sims: number, min: number, max: number, query: object): void {
  if (sims < min || sims > max) {
    throw new Error(
      `A page of ${JSON.stringify(query)} has ${sims} SIMs, not ${min === max ? min : `${min} to ${max}`}.`,
    );
  }
}
