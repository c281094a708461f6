import { fork } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { asId } from '../../domain/ids.ts';
import { DAY_MS } from '../../domain/time-units.ts';
import { bundleOptions } from '../../infra/functions/bundles.ts';
import { type LocalCloud, startLocalCloud } from '../../local/cloud.ts';
import { serveGateway } from '../../local/gateway/server.ts';
import { region } from '../../local/template/identity.ts';
import type { FunctionPart, HttpApiPart } from '../../local/template/parts.ts';
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
  const { folder, environment } = functionOf(apiOf(cloud), cloud, 'GET /v1/sims/{iccid}');
  const bareFolder = await mkdtemp(path.join(tmpdir(), 'bench-bare-'));
  try {
    const { outExtension: _outExtension, ...options } = bundleOptions;
    const bare = path.join(bareFolder, 'index.mjs');
    await build({ ...options, entryPoints: ['verification/bench/bare-sim.ts'], outfile: bare });
    const job: WarmJob = { ours: path.join(folder, 'index.mjs'), bare, partnerId, calls: 3000 };
    const { iccid, ours, floor } = await inProcess<WarmJob, WarmResult>('warm.ts', job, {
      ...environment,
      AWS_REGION: region,
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      AWS_ENDPOINT_URL_DYNAMODB: cloud.endpoints.dynamodb,
      AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    });
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

function apiOf(cloud: LocalCloud): HttpApiPart {
  const [api] = cloud.parts.httpApis;
  if (!api) {
    throw new Error('The template has no HTTP API.');
  }
  return api;
}

function functionOf(api: HttpApiPart, cloud: LocalCloud, routeKey: string): FunctionPart {
  const arn = api.routes.find(({ key }) => key === routeKey)?.functionArn;
  const part = cloud.parts.functions.find((candidate) => candidate.arn === arn);
  if (!part) {
    throw new Error(`The template has no function for ${routeKey}.`);
  }
  return part;
}

/** Runs a file of the bench in a separate process, which receives the job and returns the result as messages. */
async function inProcess<Job, Result>(file: string, job: Job, env: NodeJS.ProcessEnv): Promise<Result> {
  const child = fork(fileURLToPath(new URL(file, import.meta.url)), {
    env,
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  // Read and discard the function's log, as Lambda would read it.
  child.stdout?.resume();
  const { promise, resolve, reject } = Promise.withResolvers<Result>();
  child.once('message', (result) => {
    // Safe: the file sends this type.
    resolve(result as Result);
  });
  child.once('error', reject);
  child.once('exit', (code) => reject(new Error(`bench/${file} ended with ${code} before it answered.`)));
  child.send(job as object);
  return promise;
}
