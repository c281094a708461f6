import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build, type Plugin } from 'esbuild';
import { asId } from '../../domain/ids.ts';
import { DAY_MS } from '../../domain/time-units.ts';
import { bundleOptions } from '../../infra/functions/bundles.ts';
import { startLocalCloud } from '../../local/cloud.ts';
import type { FunctionPart } from '../../local/template/parts.ts';
import { prices } from '../../tools/cost/prices.ts';
import { environmentOf, functionOf, inProcess } from './api-function.ts';
import type { ColdJob, ColdResult } from './cold.ts';
import { type Figure, figure, median } from './figure.ts';
import type { BenchOptions } from './main.ts';
import { type Metered, startMeter } from './meter.ts';
import type { WarmJob, WarmResult } from './warm.ts';

const partnerId = asId('partner', 'bench');
const CALLS = 3_000;
const COLD_RUNS = 15;
const MILLION = 1e6;

/**
 * Measures what authorisation adds to a request: the deployed handler of `GET /v1/sims/{iccid}`, in turns with the same handler that
 * takes every caller for an admin and reads no revocations. API Gateway's authoriser, which verifies the token, runs before both.
 */
export async function authorisation({ engine }: BenchOptions): Promise<Figure[]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'bench-authorisation-'));
  // A day lasts a real day, so that no schedule runs meanwhile.
  const cloud = await startLocalCloud({ port: 0, dayMs: DAY_MS, engine });
  const meter = await startMeter(cloud.endpoints.dynamodb);
  try {
    const part = functionOf(cloud, 'GET /v1/sims/{iccid}');
    const ours = path.join(part.folder, 'index.mjs');
    const open = path.join(folder, 'index.mjs');
    await bundleWithoutAuthorisation(open);
    const environment = environmentOf(part, cloud);
    // First: it stores the SIM.
    const warm = await inProcess<WarmJob, WarmResult>(
      'warm.ts',
      { ours, bare: open, partnerId, calls: CALLS },
      environment,
    );
    const cold = (file: string, env = environment) =>
      inProcess<ColdJob, ColdResult>('cold.ts', { file, partnerId }, env);
    const first = await inTurns(
      () => cold(ours),
      () => cold(open),
    );
    const counted = async (file: string) => {
      meter.take();
      await cold(file, environmentOf(part, cloud, { dynamodb: meter.url }));
      return readUnits(meter.take());
    };
    const units = { ours: await counted(ours), open: await counted(open) };
    return [...warmFigures(warm), ...coldFigures(first), ...costs(part, units, median(warm.floor.wallMs))];
  } finally {
    await meter.stop();
    await cloud.stop();
    await rm(folder, { recursive: true });
  }
}

/** Bundles the deployed entry point with stand-ins for the two files that authorise a caller. */
async function bundleWithoutAuthorisation(outfile: string): Promise<void> {
  const { outExtension: _outExtension, ...options } = bundleOptions;
  const admin = `{ kind: 'partner', userId: 'bench', partnerId: '${partnerId}', roles: ['admin'] }`;
  const standIns: Readonly<Record<string, string>> = {
    'caller.ts': `export const readCaller = () => (${admin});`,
    'revocation-list.ts': 'export const createRevocationCheck = () => async () => false;',
  };
  const plugin: Plugin = {
    name: 'without-authorisation',
    setup({ onLoad }) {
      onLoad({ filter: /functions\/http\/(caller|revocation-list)\.ts$/ }, ({ path: file }) => ({
        contents: standIns[path.basename(file)] ?? '',
        loader: 'js',
      }));
    },
  };
  await build({ ...options, plugins: [plugin], entryPoints: ['functions/api/sims.ts'], outfile });
}

type InTurns<Result> = { ours: Result; open: Result }[];

/** Measures both in turns, so that other work on the machine affects both. The first turn only warms the disk cache. */
async function inTurns<Result>(ours: () => Promise<Result>, open: () => Promise<Result>): Promise<InTurns<Result>> {
  const turns: InTurns<Result> = [];
  for (let turn = 0; turn <= COLD_RUNS; turn += 1) {
    const measured = { ours: await ours(), open: await open() };
    if (turn > 0) {
      turns.push(measured);
    }
  }
  return turns;
}

function warmFigures(warm: WarmResult): Figure[] {
  return [
    figure({
      name: 'warm request with authorisation',
      unit: 'ms',
      ours: median(warm.ours.wallMs),
      floor: median(warm.floor.wallMs),
      goal: { atMost: 1.1 },
      runs: warm.ours.wallMs.length,
      note: 'floor: the same handler without it, in turns',
    }),
    figure({
      name: 'warm request with authorisation, CPU time',
      unit: 'ms',
      ours: median(warm.ours.cpuMs),
      floor: median(warm.floor.cpuMs),
      runs: warm.ours.cpuMs.length,
    }),
  ];
}

function coldFigures(turns: InTurns<ColdResult>): Figure[] {
  const compared = (what: keyof ColdResult, shared: Pick<Figure, 'name' | 'goal' | 'note'>) =>
    figure({
      ...shared,
      unit: 'ms',
      ours: median(turns.map(({ ours }) => ours[what])),
      floor: median(turns.map(({ open }) => open[what])),
      ratio: median(turns.map(({ ours, open }) => ours[what] / open[what])),
      runs: turns.length,
    });
  return [
    compared('cpuMs', {
      name: 'first request of an instance, load included, CPU time',
      goal: { atMost: 1.1 },
      note: 'each in a new process',
    }),
    compared('wallMs', {
      name: 'first request of an instance, load included',
      note: 'one query more; the engine is on this machine',
    }),
  ];
}

/**
 * Calculates what a million requests cost. An upper bound: it counts a read of the revocations for each request, while an instance reads
 * them at most once in 20 seconds.
 */
function costs(part: FunctionPart, units: { ours: number; open: number }, requestMs: number): Figure[] {
  const gb = part.memoryMb / 1024;
  const request = prices.httpRequest + prices.invocation + gb * (requestMs / 1000) * prices.gbSecond;
  // A millisecond, the least that Lambda bills.
  const authoriser = prices.invocation + gb * 0.001 * prices.gbSecond;
  const ofMillion = (read: number, more = 0) => (request + read * prices.readUnit + more) * MILLION;
  const floor = ofMillion(units.open);
  return [
    figure({
      name: 'read units of an instance’s first request',
      unit: 'units',
      ours: units.ours,
      floor: units.open,
      runs: 1,
    }),
    figure({
      name: 'a million requests, at most',
      unit: 'USD',
      ours: ofMillion(units.ours),
      floor,
      runs: 1,
      note: 'calculated, as if each request read the revocations',
    }),
    figure({
      name: 'a million requests behind a Lambda authoriser instead, without its cache',
      unit: 'USD',
      ours: ofMillion(units.open, authoriser),
      floor,
      runs: 1,
      note: 'calculated, at a millisecond each',
    }),
  ];
}

function readUnits({ read }: Metered): number {
  return Object.values(read).reduce((sum, units) => sum + units, 0);
}
