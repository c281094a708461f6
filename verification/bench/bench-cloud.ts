import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { HOUR_MS } from '../../domain/time-units.ts';
import { type LocalCloud, startLocalCloud } from '../../local/cloud.ts';
import type { LocalConsole } from '../../local/console.ts';
import { type Client, createClient } from '../../local/demo/client.ts';
import { type EngineName, startEngine } from '../../local/dynamodb/engine.ts';
import { poll } from '../../local/poll.ts';
import { type Meter, startMeter } from './meter.ts';

/** A local cloud to measure, with an API client of a partner's admin. */
export type BenchCloud = {
  cloud: LocalCloud;
  api: Client;
  /** An API client of the wholesaler's staff. */
  platform: Client;
  tableName: string;
  engine: string;
  /** The meter between the functions and the engine; undefined when not requested. */
  meter: Meter | undefined;
  stop(): Promise<void>;
};

/** A day lasts a minute: schedules run too rarely to disturb, and waiting days pass in seconds. */
const DAY_MS = 60_000;

export type BenchCloudOptions = {
  engine?: EngineName | undefined;
  /** Whether to count consumed units, which takes time. */
  metered: boolean;
  /** The folder that keeps the data. Omit it for a temporary folder. */
  dataDir?: string;
  /** The console to serve. Omit it for the API alone. */
  console?: LocalConsole;
};

/** Starts a local cloud whose operators deliver immediately. */
export async function startBenchCloud(options: BenchCloudOptions): Promise<BenchCloud> {
  const { engine: wanted, metered, dataDir } = options;
  const folder = dataDir ?? (await mkdtemp(path.join(tmpdir(), 'sim-fulfilment-bench-')));
  const engine = await startEngine({ engine: wanted, folder, isPersistent: dataDir !== undefined });
  const meter = metered ? await startMeter(engine.url) : undefined;
  const cloud = await startLocalCloud({
    port: 0,
    dayMs: DAY_MS,
    dataDir,
    console: options.console,
    dynamodbEndpoint: meter?.url ?? engine.url,
  });
  const token = await cloud.tokenFor({ partnerId: 'bench', roles: ['admin'] });
  const platformToken = await cloud.tokenFor({ roles: ['platform'] });
  cloud.sandbox?.behave('3uk', { leadTimeDays: 0 });
  return {
    cloud,
    api: createClient(cloud.url, token),
    platform: createClient(cloud.url, platformToken),
    tableName: cloud.parts.tables[0]?.name ?? '',
    engine: engine.name,
    meter,
    async stop() {
      await cloud.stop();
      await meter?.stop();
      await engine.stop();
      if (dataDir === undefined) {
        await rm(folder, { recursive: true, force: true });
      }
    },
  };
}

/** Polls for a value. The time limit is generous, because fleets may be large and machines slow. */
export function until<T>(what: string, find: () => Promise<T | undefined>): Promise<T> {
  return poll(what, find, { everyMs: 200, withinMs: 2 * HOUR_MS });
}
