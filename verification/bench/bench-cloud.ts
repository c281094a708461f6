import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type LocalCloud, startLocalCloud } from '../../local/cloud.ts';
import { type Client, createClient } from '../../local/demo/client.ts';
import { type EngineName, startEngine } from '../../local/dynamodb/engine.ts';
import { type Meter, startMeter } from './meter.ts';

/** A local cloud to measure, and a partner's admin at work on it. */
export type BenchCloud = {
  cloud: LocalCloud;
  api: Client;
  tableName: string;
  engine: string;
  /** Between the functions and the engine, when it was asked for. */
  meter: Meter | undefined;
  stop(): Promise<void>;
};

/** A minute long: schedules run seldom enough not to disturb, and days of waiting pass in seconds. */
const DAY_MS = 60_000;

export type BenchCloudOptions = {
  engine?: EngineName | undefined;
  /** Whether to count what the table consumes, which takes time. */
  metered: boolean;
  /** A folder that keeps the data; without it nothing is kept. */
  dataDir?: string;
};

/** Starts a local cloud whose operators deliver at once. */
export async function startBenchCloud({ engine: wanted, metered, dataDir }: BenchCloudOptions): Promise<BenchCloud> {
  const folder = dataDir ?? (await mkdtemp(path.join(tmpdir(), 'sim-fulfilment-bench-')));
  const engine = await startEngine({ engine: wanted, folder, isPersistent: dataDir !== undefined });
  const meter = metered ? await startMeter(engine.url) : undefined;
  const cloud = await startLocalCloud({
    port: 0,
    dayMs: DAY_MS,
    dataDir,
    dynamodbEndpoint: meter?.url ?? engine.url,
  });
  const token = await cloud.tokenFor({ partnerId: 'bench', roles: ['admin'] });
  cloud.sandbox?.behave('3uk', { leadTimeDays: 0 });
  return {
    cloud,
    api: createClient(cloud.url, token),
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

const LOOK_EVERY_MS = 200;

/** Looks again and again until there is something to see. */
export async function until<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const seen = await look();
    if (seen !== undefined) {
      return seen;
    }
    await pause(LOOK_EVERY_MS);
  }
}
