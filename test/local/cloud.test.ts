import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, jest, test } from '@jest/globals';
import { startFixture } from './fixtures/fixture-cloud.ts';
import { expectRestored, withCloud } from './restart.ts';

// The first cloud waits for the fixture to be synthesised.
jest.setTimeout(180_000);

const folders: string[] = [];

afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

async function aFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'local-cloud-test-'));
  folders.push(folder);
  return folder;
}

describe('with a data folder', () => {
  test('a restart restores everything', async () => {
    await expectRestored('dynoxide', await aFolder());
  });

  test('two clouds do not share one', async () => {
    const dataDir = await aFolder();
    await withCloud({ dataDir }, async () => {
      await expect(startFixture({ dataDir })).rejects.toThrow(/in use/);
    });
  });

  test('a lock left by a killed process is taken over, even when its process id belongs to another program now', async () => {
    const dataDir = await aFolder();
    await writeFile(path.join(dataDir, 'lock'), String(process.ppid));
    await withCloud({ dataDir }, async () => undefined);
  });

  test('a damaged file is reported by name', async () => {
    const dataDir = await aFolder();
    await writeFile(path.join(dataDir, 'clock.json'), 'x');
    await expect(startFixture({ dataDir })).rejects.toThrow(/clock\.json is damaged/);
  });
});

describe('without a data folder', () => {
  test('several clouds run concurrently, and leave nothing behind', async () => {
    const mine = async () => (await readdir(tmpdir())).filter((name) => name.startsWith('sim-fulfilment-')).sort();
    const before = await mine();
    const clouds = await Promise.all([startFixture(), startFixture(), startFixture()]);
    const answers = await Promise.all(clouds.map(({ url }) => fetch(`${url}/open`)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    await Promise.all(clouds.map((cloud) => cloud.stop()));
    const left = (await mine()).filter((name) => !before.includes(name));
    // Other test files may run clouds of their own at the same time.
    expect(left.length).toBeLessThanOrEqual(4);
    await expect(fetch(`${clouds[0]?.url}/open`)).rejects.toThrow();
  });
});

describe('a function', () => {
  test('has the environment of its deployment, and no variable of this process', async () => {
    process.env.OF_THE_DEVELOPER = 'secret';
    await withCloud({}, async (cloud) => {
      const { env, context } = JSON.parse(await (await fetch(`${cloud.url}/open`)).text());
      const part = cloud.parts.functions.find(({ name }) => name.includes('answer'));
      expect(env).toMatchObject({
        STAGE: 'test',
        TABLE_NAME: cloud.parts.tables[0]?.name,
        AWS_LAMBDA_FUNCTION_NAME: part?.name,
        AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '128',
        AWS_ENDPOINT_URL_DYNAMODB: cloud.endpoints.dynamodb,
        SCALED_CLOCK: cloud.clock.environment(),
        _X_AMZN_TRACE_ID: expect.stringMatching(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Sampled=0$/),
      });
      expect(env).not.toHaveProperty('OF_THE_DEVELOPER');
      expect(context).toMatchObject({ functionName: part?.name, memoryLimitInMB: '128' });
      expect(context.remaining).toBeGreaterThan(0);
      expect(context.remaining).toBeLessThanOrEqual(1000);
    });
    delete process.env.OF_THE_DEVELOPER;
  });

  test('that fails on a schedule is retried, then its event is listed as a failure', async () => {
    await withCloud({}, async (cloud) => {
      let items: { queue: string; message: Record<string, unknown> }[] = [];
      while (items.length === 0) {
        await sleep(50);
        ({ items } = JSON.parse(await (await fetch(`${cloud.url}/_local/failures`)).text()));
      }
      expect(items[0]?.message).toMatchObject({
        requestContext: { condition: 'RetriesExhausted', approximateInvokeCount: 2 },
        requestPayload: { source: 'aws.scheduler' },
        responsePayload: { errorType: 'Error', errorMessage: 'ticks never work' },
      });
      expect(items[0]?.queue).toBe(cloud.parts.queues[0]?.name);
    });
  });

  test('writes its output to the log, not to ours', async () => {
    const dataDir = await aFolder();
    await withCloud({ dataDir }, async (cloud) => {
      await fetch(`${cloud.url}/open?do=log`);
      await sleep(100);
    });
    expect(await readFile(path.join(dataDir, 'functions.log'), 'utf8')).toContain('a line on standard output');
  });
});

describe('npm start', () => {
  const main = fileURLToPath(new URL('../../local/main.ts', import.meta.url));

  async function endOf(env: Record<string, string>) {
    const child = spawn(process.execPath, [main], { env: { PATH: process.env.PATH, ...env }, stdio: 'pipe' });
    let said = '';
    child.stderr.on('data', (data) => {
      said += String(data);
    });
    const [code] = await once(child, 'close');
    return { code, said };
  }

  test.each([
    [{ PORT: 'x' }, /PORT must be a port/],
    [{ PORT: '70000' }, /PORT must be a port/],
    [{ DAY_MS: '0' }, /DAY_MS must be a number above 0/],
    [{ DYNAMODB_ENGINE: 'other' }, /dynoxide or dynamodb-local/],
  ])('reports what is wrong with %j', async (env, message) => {
    const { code, said } = await endOf(env);
    expect([code, said]).toEqual([1, expect.stringMatching(message)]);
    expect(said).not.toContain('    at ');
  });

  const { platform } = process;
  test.each([
    [{ DATA_DIR: `${main}/data` }, /DATA_DIR .* cannot be used: a part of the path is a file/],
    ...(platform === 'linux' ? [[{ DATA_DIR: '/proc/data' }, /DATA_DIR .* cannot be used/] as const] : []),
  ])('reports why it cannot use the folder in %j', async (env, message) => {
    const { code, said } = await endOf({ PORT: '0', ...env });
    expect([code, said]).toEqual([1, expect.stringMatching(message)]);
    expect(said).not.toContain('    at ');
  });

  test('ends cleanly on SIGTERM while it is still starting', async () => {
    const dataDir = await aFolder();
    const child = spawn(process.execPath, [main], { env: { PATH: process.env.PATH, PORT: '0', DATA_DIR: dataDir } });
    while (!(await readdir(dataDir)).includes('lock')) {
      await sleep(10);
    }
    child.kill('SIGTERM');
    expect(await once(child, 'close')).toEqual([0, null]);
    expect(await readdir(dataDir)).not.toContain('lock');
  });

  test('reports that a port is in use', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    await expect(startFixture({ port })).rejects.toThrow(`Port ${port} is in use`);
    server.close();
  });
});
