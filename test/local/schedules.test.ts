import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { openClock, type ScaledClock } from '../../local/clock.ts';
import { type Failures, openFailures } from '../../local/failures.ts';
import { type Functions, startFunctions } from '../../local/lambda/functions.ts';
import { poll } from '../../local/poll.ts';
import { startSchedules } from '../../local/schedules.ts';

// A worker loads on a busy machine.
jest.setTimeout(60_000);

const functionArn = 'arn:aws:lambda:eu-west-2:000000000000:function:answer';
const throws = JSON.stringify({ queryStringParameters: { do: 'throw' } });

let folder: string;
let clock: ScaledClock;
let failures: Failures;
let functions: Functions;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'schedules-'));
  const answer = path.join(folder, 'functions', 'answer');
  await cp(new URL('./fixtures/functions/answer', import.meta.url), answer, { recursive: true });
  clock = await openClock({ dayMs: 1000, folder, isPersistent: false });
  failures = await openFailures(folder);
  const role = { name: 'R', arn: 'arn:aws:iam::000000000000:role/R', statements: [], trust: [] };
  functions = startFunctions(
    [
      {
        name: 'answer',
        arn: functionArn,
        folder: answer,
        handler: 'index.handler',
        role,
        logGroup: '/aws/lambda/answer',
        environment: {},
        timeoutSeconds: 20,
        memoryMb: 128,
        asynchronously: { retries: 2, maxAgeSeconds: 60 },
      },
    ],
    {
      clock,
      endpoints: {},
      directory: { region: 'eu-west-2', account: '000000000000', tables: {}, secrets: {} },
      log: { write: () => undefined, close: async () => undefined },
      failures,
    },
  );
});

afterAll(async () => {
  await functions?.stop();
  await failures?.stop();
  await clock?.stop();
  await rm(folder, { recursive: true, force: true });
});

test('stops although a failed run waits for its retry while the clock is stopped', async () => {
  clock.set({ held: true });
  const schedules = startSchedules(
    [
      {
        name: 'daily',
        everyMs: 24 * 3_600_000,
        functionArn,
        input: throws,
        invoker: { kind: 'rule', arn: 'arn:aws:events:eu-west-2:000000000000:rule/daily' },
      },
    ],
    { clock, functions },
  );
  schedules.runDaily();
  await poll('the first run', async () => (functions.load().get('answer')?.ms ?? 0) > 0 || undefined, { everyMs: 20 });

  await schedules.stop();

  // The retry waits for scaled time, which does not pass.
  expect(functions.load().get('answer')).toMatchObject({ invocations: 1 });
}, 15_000);
