import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { asId } from '../../domain/ids.ts';
import { DAY_MS } from '../../domain/time-units.ts';
import { bundleOptions } from '../../infra/functions/bundles.ts';
import { type LocalCloud, startLocalCloud } from '../../local/cloud.ts';
import { serveGateway } from '../../local/gateway/server.ts';
import { apiOf, environmentOf, functionOf, inProcess } from './api-function.ts';
import { type Figure, figure, median } from './figure.ts';
import type { BenchOptions } from './main.ts';
import type { RequestsJob, RequestsResult } from './requests.ts';
import type { WarmJob, WarmResult } from './warm.ts';

const partnerId = asId('partner', 'bench');

/**
 * Measures a warm handler, compared with one that only makes the same database call, and requests over HTTP. A day lasts a real day,
 * so that no schedule runs meanwhile.
 */
export async function handlers({ engine }: BenchOptions): Promise<Figure[]> {
  const cloud = await startLocalCloud({ port: 0, dayMs: DAY_MS, engine });
  try {
    const warm = await warmHandlers(cloud);
    return [...warm.figures, ...(await requests(cloud, warm.iccid))];
  } finally {
    await cloud.stop();
  }
}

async function warmHandlers(cloud: LocalCloud): Promise<{ figures: Figure[]; iccid: string }> {
  const part = functionOf(cloud, 'GET /v1/sims/{iccid}');
  const bareFolder = await mkdtemp(path.join(tmpdir(), 'bench-bare-'));
  try {
    const { outExtension: _outExtension, ...options } = bundleOptions;
    const bare = path.join(bareFolder, 'index.mjs');
    await build({ ...options, entryPoints: ['verification/bench/bare-sim.ts'], outfile: bare });
    const job: WarmJob = { ours: path.join(part.folder, 'index.mjs'), bare, partnerId, calls: 3000 };
    const { iccid, ours, floor } = await inProcess<WarmJob, WarmResult>('warm.ts', job, environmentOf(part, cloud));
    const goal = { atMost: 1.3 };
    return {
      iccid,
      figures: [
        figure({
          name: 'warm GET /v1/sims/{iccid}',
          unit: 'ms',
          ours: median(ours.wallMs),
          floor: median(floor.wallMs),
          goal,
          runs: ours.wallMs.length,
          note: 'one call after the other, alternating with the bare handler',
        }),
        figure({
          name: 'warm GET /v1/sims/{iccid}, CPU time',
          unit: 'ms',
          ours: median(ours.cpuMs),
          floor: median(floor.cpuMs),
          runs: ours.cpuMs.length,
          note: 'of the function alone, per call, over rounds of 100',
        }),
      ],
    };
  } finally {
    await rm(bareFolder, { recursive: true });
  }
}

const ROUNDS = 5;
const CONNECTIONS = 16;
const ROUND_MS = 2000;

async function requests(cloud: LocalCloud, iccid: string): Promise<Figure[]> {
  const token = await cloud.tokenFor({ partnerId, roles: ['admin'] });
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const quote = JSON.stringify({ operatorId: '3uk', quantity: 120 });
  const { throttle: _throttle, ...api } = apiOf(cloud);
  const constant = await serveGateway(api, {
    port: 0,
    issuer: cloud.issuer,
    functions: constantFunctions(),
    control: () => undefined,
    clock: { now: () => new Date() },
    log: () => undefined,
  });
  try {
    return [
      ...(await compared('GET /v1/sims/{iccid}', { method: 'GET', path: `/v1/sims/${iccid}`, headers })),
      ...(await compared('POST /v1/orders/quote', { method: 'POST', path: '/v1/orders/quote', headers, body: quote })),
    ];
  } finally {
    await constant.stop();
  }

  async function compared(name: string, request: RequestsJob['request']): Promise<Figure[]> {
    const shared = { request, connections: CONNECTIONS };
    const round = (url: string, forMs: number) =>
      inProcess<RequestsJob, RequestsResult>('requests.ts', { ...shared, url, forMs }, process.env);
    // Warm up: the function's threads start on demand.
    await round(cloud.url, ROUND_MS);
    const ours: RequestsResult[] = [];
    const floor: RequestsResult[] = [];
    for (let turn = 0; turn < ROUNDS; turn += 1) {
      ours.push(await round(cloud.url, ROUND_MS));
      floor.push(await round(constant.url, ROUND_MS));
    }
    const of = (what: keyof RequestsResult, unit: string, heading: string): Figure =>
      figure({
        name: `${name}, ${heading}`,
        unit,
        ours: median(ours.map((result) => result[what])),
        floor: median(floor.map((result) => result[what])),
        runs: ROUNDS,
        note: `${CONNECTIONS} connections; floor: the same server with a constant response`,
      });
    return [of('perSecond', '1/s', 'requests per second'), of('p50Ms', 'ms', 'p50'), of('p99Ms', 'ms', 'p99')];
  }
}

/** Functions that immediately return a constant, in place of those of the template. */
function constantFunctions() {
  const payload = JSON.stringify({
    statusCode: 200,
    headers: { 'content-type': 'application/json' },
    body: '{"constant":true}',
  });
  return {
    invoke: async () => ({ ok: true as const, payload, requestId: 'constant' }),
  };
}
