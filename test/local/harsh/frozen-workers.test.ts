import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, expect, test } from '@jest/globals';
import { type FunctionPool, functionPool } from '../../../local/lambda/function-pool.ts';

let folder: string | undefined;
let pool: FunctionPool | undefined;
afterEach(async () => {
  await pool?.stop();
  await rm(folder ?? '', { recursive: true, force: true });
});

/** A function that answers how often its timer ran since its last invocation. */
async function aFunctionWithATimer(freezes: boolean): Promise<FunctionPool> {
  folder = await mkdtemp(path.join(tmpdir(), 'frozen-workers-'));
  await writeFile(
    path.join(folder, 'index.mjs'),
    `let ticks = 0;
     setInterval(() => { ticks += 1; }, 5);
     export const handler = async () => { const seen = ticks; ticks = 0; return seen; };`,
  );
  pool = functionPool(
    {
      name: 'ticks',
      arn: 'arn:ticks',
      folder,
      handler: 'index.handler',
      role: { name: 'ticks', arn: 'arn:role', statements: [], trust: [] },
      logGroup: 'ticks',
      environment: {},
      timeoutSeconds: 20,
      memoryMb: 128,
      asynchronously: { retries: 0, maxAgeSeconds: 60 },
    },
    {
      environment: {},
      clock: () => '',
      guard: {
        services: {},
        principal: 'arn:session',
        statements: [],
        directory: { region: 'eu-west-2', account: '000000000000', tables: {}, secrets: {} },
      },
      output: () => undefined,
      maxWorkers: 1,
      freezes,
    },
  );
  return pool;
}

async function ticksInBetween(freezes: boolean): Promise<number> {
  const { invoke } = await aFunctionWithATimer(freezes);
  await invoke('{}');
  await pause(400);
  const result = await invoke('{}');
  return result.ok ? Number(result.payload) : Number.NaN;
}

test('in harsh mode a worker is frozen between two invocations', async () => {
  expect(await ticksInBetween(true)).toBeLessThan(10);
});

test('otherwise its timers continue', async () => {
  expect(await ticksInBetween(false)).toBeGreaterThan(20);
});

test('a frozen worker can be stopped', async () => {
  const { invoke, stop } = await aFunctionWithATimer(true);
  await invoke('{}');
  await pause(100);
  await stop();
  expect((await invoke('{}')).ok).toBe(false);
});
