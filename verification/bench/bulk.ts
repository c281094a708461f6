import type { LocalCloud } from '../../local/cloud.ts';
import { simReads, simWrites, workOfOrder } from '../../tools/cost/counts.ts';
import { prices } from '../../tools/cost/prices.ts';
import { type BenchCloud, startBenchCloud } from './bench-cloud.ts';
import { type Figure, figure, median, table } from './figure.ts';
import { bodyOf, fleetSizes, makeTargets, operate, receive, requireAllActive, steps, type Targets } from './fleet.ts';
import { bareUpdatesPerSecond } from './floor.ts';
import type { BenchOptions } from './main.ts';
import type { Metered, Units } from './meter.ts';

/** The maximum fleet size for measuring speed: larger fleets only take longer. */
const MAX_SIMS_FOR_SPEED = 3000;
const SPEED_RUNS = 3;
const WARM_UP = 500;

/** Writes of a SIM from holding to active: in_stock, assigned, activating, active. */
const TRANSITIONS = 4;

const MIN_WRITES = Object.values(simWrites).reduce((sum, units) => sum + units);

/** The index of due items, which schedules read: its reads depend on time, not on SIMs. */
const DUE = 'due';

/** The work of a fleet from its order to active, per SIM. */
type Counts = {
  quantity: number;
  writes: number;
  reads: number;
  transitions: number;
  invocations: number;
  ms: number;
  taskMemoryMb: number;
  /** The largest share of one partition key in a step's writes, for the table and each index. */
  shares: Units;
  historyEvents: number;
  largestPayload: number;
};

/** Measures bulk operations: their speed, their consumption, and whether it is independent of the fleet size. */
export async function bulk({ sims = fleetSizes, engine }: BenchOptions): Promise<Figure[]> {
  const sizes = [...sims].sort((one, other) => one - other);
  const figures = await speed(sizes, engine);
  const counts: Counts[] = [];
  for (const size of sizes) {
    process.stderr.write(`  counting the work of ${size} SIMs from order to active ...\n`);
    const counted = await count(size, engine);
    counts.push(counted);
    // Print intermediate results: the next size may take long.
    process.stderr.write(`${table(unitFigures(counted))}\n`);
  }
  return [...figures, ...counts.flatMap(unitFigures), ...flatness(counts), ...bounds(counts)];
}

async function speed(sizes: readonly number[], engine: BenchOptions['engine']): Promise<Figure[]> {
  const quantity = roundedUp(Math.min(MAX_SIMS_FOR_SPEED, Math.max(...sizes)));
  const bench = await startBenchCloud({ engine, metered: false });
  try {
    const targets = await makeTargets(bench.api, 'Speed');
    await activate(bench, WARM_UP, targets);
    const runs: { ours: number; floor: number }[] = [];
    for (let run = 1; run <= SPEED_RUNS; run += 1) {
      process.stderr.write(`  moving ${quantity} SIMs, ${run} of ${SPEED_RUNS} ...\n`);
      const floor = await bareUpdatesPerSecond(bench, quantity, targets);
      runs.push({ ours: await activate(bench, quantity, targets), floor });
    }
    return [
      figure({
        name: `transitions per second, ${quantity} SIMs migrated, assigned and activated`,
        unit: '1/s',
        ours: median(runs.map(({ ours }) => ours)),
        floor: median(runs.map(({ floor }) => floor)),
        ratio: median(runs.map(({ ours, floor }) => ours / floor)),
        goal: { atLeast: 0.5 },
        runs: SPEED_RUNS,
        note: 'floor: bare conditional updates',
      }),
    ];
  } finally {
    await bench.stop();
  }
}

/** Orders SIMs and activates them. @returns transitions per second, without the time of the order. */
async function activate({ api }: BenchCloud, quantity: number, targets: Targets): Promise<number> {
  const orderId = await receive(api, quantity);
  const begun = performance.now();
  for (const step of steps) {
    await operate(api, step, bodyOf(step, { orderId }, targets));
  }
  const perSecond = (quantity * TRANSITIONS * 1000) / (performance.now() - begun);
  await requireAllActive(api, orderId, quantity, targets);
  return perSecond;
}

async function count(size: number, engine: BenchOptions['engine']): Promise<Counts> {
  const quantity = roundedUp(size);
  const bench = await startBenchCloud({ engine, metered: true });
  const { api, cloud, meter } = bench;
  try {
    const targets = await makeTargets(api, 'Counted');
    meter?.take();
    const before = workOf(cloud);
    const taken: Metered[] = [];
    const note = () => taken.push(...(meter ? [meter.take()] : []));
    const orderId = await receive(api, quantity);
    note();
    for (const step of steps) {
      await operate(api, step, bodyOf(step, { orderId }, targets));
      note();
    }
    const after = workOf(cloud);
    await requireAllActive(api, orderId, quantity, targets);
    const { executions } = cloud.load();
    return {
      quantity,
      writes: taken.reduce((sum, { write }) => sum + totalOf(write), 0) / quantity,
      reads: taken.reduce((sum, { read }) => sum + totalOf(read), 0) / quantity,
      transitions: (after.transitions - before.transitions) / quantity,
      invocations: (after.invocations - before.invocations) / quantity,
      ms: (after.ms - before.ms) / quantity,
      taskMemoryMb: Math.max(...cloud.parts.functions.filter(isTask).map(({ memoryMb }) => memoryMb)),
      shares: largestShares(taken),
      historyEvents: Math.max(...executions.map(({ historyEvents }) => historyEvents)),
      largestPayload: Math.max(...executions.map(({ largestPayload }) => largestPayload)),
    };
  } finally {
    await bench.stop();
  }
}

/** The template names a function by its entry file. */
const isTask = ({ name }: { name: string }) => name.includes('-Workflow');

/** The work of the state machine and its tasks so far, without the API and the schedules. */
function workOf(cloud: LocalCloud) {
  const { functions, executions } = cloud.load();
  const tasks = [...functions].filter(([name]) => isTask({ name })).map(([, load]) => load);
  return {
    transitions: executions.reduce((sum, { transitions }) => sum + transitions, 0),
    invocations: tasks.reduce((sum, { invocations }) => sum + invocations, 0),
    ms: tasks.reduce((sum, { ms }) => sum + ms, 0),
  };
}

function totalOf(units: Units): number {
  return Object.entries(units).reduce((sum, [name, of]) => sum + (name === DUE ? 0 : of), 0);
}

function largestShares(taken: readonly Metered[]): Units {
  const shares: Units = {};
  for (const { keys } of taken) {
    for (const [name, byKey] of Object.entries(keys)) {
      const total = [...byKey.values()].reduce((sum, units) => sum + units, 0);
      // Ignore indexes that a step hardly writes.
      if (name !== DUE && total > 500) {
        shares[name] = Math.max(shares[name] ?? 0, Math.max(...byKey.values()) / total);
      }
    }
  }
  return shares;
}

/** SIMs of 3UK come in multiples of 50. */
function roundedUp(quantity: number): number {
  return Math.ceil(quantity / 50) * 50;
}

function unitFigures(counts: Counts): Figure[] {
  const { quantity, writes, reads, taskMemoryMb } = counts;
  const of = `${quantity} SIMs`;
  const least = workOfOrder(quantity);
  const dollars = (each: { writes: number; reads: number; transitions: number; invocations: number; ms: number }) =>
    1000 *
    (each.writes * prices.writeUnit +
      each.reads * prices.readUnit +
      each.transitions * prices.stateTransition +
      each.invocations * prices.invocation +
      ((each.ms / 1000) * taskMemoryMb * prices.gbSecond) / 1024);
  return [
    ...(
      [
        ['write units', writes, MIN_WRITES, 1.25],
        ['read units', reads, simReads, 1.5],
      ] as const
    ).map(([what, ours, floor, atMost]) =>
      figure({ runs: 1, name: `${what} a SIM, ${of}`, unit: 'units', ours, floor, goal: { atMost } }),
    ),
    ...(['transitions', 'invocations'] as const).map((what) =>
      figure({
        runs: 1,
        name: `${what} per 1,000 SIMs, ${of}`,
        unit: '1',
        ours: counts[what] * 1000,
        floor: (least[what] / quantity) * 1000,
        note: 'of the state machine and its tasks; floor: one call per shard',
      }),
    ),
    figure({
      runs: 1,
      name: `milliseconds of tasks per 1,000 SIMs, ${of}`,
      unit: 'ms',
      ours: counts.ms * 1000,
      note: "this machine's",
    }),
    figure({
      runs: 1,
      name: `AWS cost of 1,000 SIMs from order to active, ${of}`,
      unit: 'USD',
      ours: dollars(counts),
      floor: dollars({
        writes: MIN_WRITES,
        reads: simReads,
        transitions: least.transitions / quantity,
        invocations: least.invocations / quantity,
        ms: counts.ms,
      }),
      note: 'tools/cost/prices.ts',
    }),
  ];
}

/** Compares the cost per SIM of the largest fleet with that of the smallest. */
function flatness(counts: readonly Counts[]): Figure[] {
  const [small, large] = [counts[0], counts.at(-1)];
  if (!small || !large || small === large) {
    return [];
  }
  return (['writes', 'reads', 'transitions', 'invocations'] as const).map((what) =>
    figure({
      name: `${what} per SIM at ${large.quantity} ÷ at ${small.quantity}`,
      unit: '1',
      ours: large[what],
      floor: small[what],
      goal: { atMost: 1.05 },
      runs: 1,
    }),
  );
}

function bounds(counts: readonly Counts[]): Figure[] {
  const names = [...new Set(counts.flatMap(({ shares }) => Object.keys(shares)))];
  const largest = (of: (one: Counts) => number) => Math.max(...counts.map(of));
  return [
    ...names.map((name) =>
      figure({
        name: `largest share of one partition key, ${name}`,
        unit: '1',
        ours: largest(({ shares }) => shares[name] ?? 0),
        floor: 1 / 16,
        goal: { atMost: 1 },
        runs: counts.length,
        note: 'of the writes of any step',
      }),
    ),
    figure({
      name: 'events in the longest history',
      unit: '1',
      ours: largest(({ historyEvents }) => historyEvents),
      floor: 12_500,
      goal: { atMost: 1 },
      runs: counts.length,
      note: 'half of the limit of an execution',
    }),
    figure({
      name: 'largest payload of an execution',
      unit: 'bytes',
      ours: largest(({ largestPayload }) => largestPayload),
      floor: 32 * 1024,
      goal: { atMost: 1 },
      runs: counts.length,
    }),
  ];
}
