import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { clockFrom } from '../../adapters/clock.ts';
import { DAY_MS } from '../../domain/time-units.ts';
import { openClock, type ScaledClock } from '../../local/clock.ts';
import { openFailures } from '../../local/failures.ts';
import { type Functions, startFunctions } from '../../local/lambda/functions.ts';

/* A function that runs while the clock of the local cloud is moved. */

const arn = 'arn:waits';

let folder: string;
let clock: ScaledClock;
let functions: Functions;
let onOutput: (text: string) => void = () => undefined;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'clock-of-functions-'));
  // It waits until its clock changes, or for five seconds, and returns its last clock.
  await writeFile(
    path.join(folder, 'index.mjs'),
    `export const handler = async () => {
       const { SCALED_CLOCK: first } = process.env;
       console.log('begun');
       for (let turn = 0; turn < 500 && process.env.SCALED_CLOCK === first; turn += 1) {
         await new Promise((resolve) => setTimeout(resolve, 10));
       }
       return process.env.SCALED_CLOCK;
     };`,
  );
  clock = await openClock({ dayMs: 60_000, folder, isPersistent: false });
  functions = startFunctions(
    [
      {
        name: 'waits',
        arn,
        folder,
        handler: 'index.handler',
        role: { name: 'waits', arn: 'arn:role', statements: [], trust: [] },
        logGroup: 'waits',
        environment: {},
        timeoutSeconds: 20,
        memoryMb: 128,
        asynchronously: { retries: 0, maxAgeSeconds: 60 },
      },
    ],
    {
      clock,
      endpoints: {},
      directory: { region: 'eu-west-2', account: '000000000000', tables: {}, secrets: {} },
      log: { write: (_name, text) => onOutput(text), close: async () => undefined },
      failures: await openFailures(folder),
    },
  );
});

afterAll(async () => {
  await functions?.stop();
  await clock?.stop();
  await rm(folder, { recursive: true, force: true });
});

test('has the time to which the clock is moved', async () => {
  clock.set({ held: true });
  const begun = new Promise<void>((resolve) => {
    onOutput = (text) => text.includes('begun') && resolve();
  });
  const result = functions.invoke(arn, '{}');
  await begun;
  const moved = new Date(clock.now().getTime() + 3 * DAY_MS);
  clock.set({ now: moved });
  const answer = await result;
  expect(answer.ok).toBe(true);
  expect(clockFrom(answer.ok ? JSON.parse(answer.payload) : undefined).now()).toEqual(moved);
});
