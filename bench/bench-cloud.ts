import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type LocalCloud, startLocalCloud } from '../local/cloud.ts';
import { type Client, clientOf } from '../local/demo/client.ts';
import { type EngineName, startEngine } from '../local/dynamodb/engine.ts';
import { type Meter, startMeter } from './meter.ts';

/** A local cloud to measure, and a partner's admin at work on it. */
export type BenchCloud = {
  cloud: LocalCloud;
  api: Client;
  tableName: string;
  /** Between the functions and the engine, when it was asked for. */
  meter: Meter | undefined;
  stop(): Promise<void>;
};

/** A minute long: schedules run seldom enough not to disturb, and days of waiting pass in seconds. */
const DAY_MS = 60_000;

/** Starts a local cloud whose operators deliver at once. @param metered counts what the table consumes, which takes time. */
export async function startBenchCloud(options: {
  engine?: EngineName | undefined;
  metered: boolean;
}): Promise<BenchCloud> {
  const folder = await mkdtemp(path.join(tmpdir(), 'sim-fulfilment-bench-'));
  const engine = await startEngine({ engine: options.engine, folder, keeps: false });
  const meter = options.metered ? await startMeter(engine.url) : undefined;
  process.env.DYNAMODB_ENDPOINT = meter?.url ?? engine.url;
  const cloud = await startLocalCloud({ port: 0, dayMs: DAY_MS });
  const token = await cloud.tokenFor({ partnerId: 'bench', roles: ['admin'] });
  cloud.sandbox?.behave('3uk', { leadTimeDays: 0 });
  return {
    cloud,
    api: clientOf(cloud.url, token),
    tableName: cloud.parts.tables[0]?.name ?? '',
    meter,
    async stop() {
      await cloud.stop();
      await meter?.stop();
      await engine.stop();
      await rm(folder, { recursive: true, force: true });
      delete process.env.DYNAMODB_ENDPOINT;
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
