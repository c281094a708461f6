import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import { json } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { JWTPayload } from 'jose';
import type { LocalCloud } from '../../../local/cloud.ts';
import type { EngineName } from '../../../local/dynamodb/engine.ts';
import type { Issuer } from '../../../local/issuer.ts';

/**
 * The settings of a test file's cloud. `dynamodbEndpoint` is the address of a database that the test runs itself, `assembly` the
 * folder of its own templates.
 */
export type CloudSettings = {
  dayMs: number;
  engine?: EngineName | undefined;
  dataDir?: string | undefined;
  dynamodbEndpoint?: string | undefined;
  assembly?: string;
  /** Harsh mode with this seed, regardless of `CLOUD`. */
  harshSeed?: string;
  /** A cloud that no other test file has used or will use. */
  isFresh?: true;
};

/** What the pool sends to tests about a running cloud. */
export type CloudFacts = Pick<LocalCloud, 'url' | 'endpoints' | 'parts' | 'functionsLog'> & {
  issuer: Pick<Issuer, 'issuer' | 'audience' | 'jwks'>;
};

/** A day of most test files, in real milliseconds. */
export const USUAL_DAY_MS = 500;

/** A day of tests whose work must end within days or a month, even on a busy machine. */
export const SLOW_DAY_MS = 1_500;

export type LentCloud = { id: number; facts: CloudFacts };

/** What the pool sends to a cloud. `held`: no test uses the cloud, so its clock stops, and its schedules with it. */
export type SignRequest = { id: number; claims: JWTPayload };
export type PoolMessage = SignRequest | { held: boolean };
export type CloudMessage =
  | { type: 'ready'; facts: CloudFacts }
  | { type: 'failed'; message: string }
  | { type: 'signed'; id: number; token: string };

type Cloud = { id: number; kind: string; child: ChildProcess; facts: CloudFacts; idle: NodeJS.Timeout | undefined };

/** Stops an unused cloud after this time. */
const IDLE_MS = 120_000;

/** Kills a cloud that has not stopped after this time: a run of tests ends and says so, rather than wait forever. */
const STOP_WITHIN_MS = 60_000;

/**
 * Lends local clouds to test files, one file at a time, so that a cloud starts and loads its functions once for many files.
 * Jest's first process runs the pool. Its workers call the pool over HTTP.
 */
export type CloudPool = { url: string; stop(): Promise<void> };

export async function startCloudPool(): Promise<CloudPool> {
  const clouds = new Map<number, Cloud>();
  let ids = 0;

  async function lend(settings: CloudSettings): Promise<LentCloud> {
    const kind = JSON.stringify(settings);
    const fitting = [...clouds.values()].find((cloud) => cloud.idle !== undefined && cloud.kind === kind);
    if (fitting) {
      clearTimeout(fitting.idle);
      fitting.idle = undefined;
      fitting.child.send({ held: false } satisfies PoolMessage);
      return fitting;
    }
    const { child, facts } = await startCloud(settings);
    ids += 1;
    const cloud: Cloud = { id: ids, kind, child, facts, idle: undefined };
    clouds.set(cloud.id, cloud);
    return cloud;
  }

  async function takeBack(cloud: Cloud): Promise<void> {
    // A folder or table of a test is not shared with other files.
    const settings: object = JSON.parse(cloud.kind);
    const isOwn = ['dataDir', 'dynamodbEndpoint', 'assembly', 'harshSeed', 'isFresh'].some((own) => own in settings);
    // No other file uses a day of another length.
    const isOdd = 'dayMs' in settings && settings.dayMs !== USUAL_DAY_MS && settings.dayMs !== SLOW_DAY_MS;
    if (isOwn || isOdd) {
      await end(cloud);
    } else {
      cloud.child.send({ held: true } satisfies PoolMessage);
      cloud.idle = setTimeout(() => void end(cloud), IDLE_MS).unref();
    }
  }

  async function end({ id, child, facts }: Cloud): Promise<void> {
    clouds.delete(id);
    await tellOfBrokenRequests(facts.functionsLog);
    await endProcess(child);
  }

  async function answer(request: IncomingMessage): Promise<unknown> {
    const [what, id, of] = (request.url ?? '').split('/').slice(1);
    if (what === 'clouds' && id === undefined) {
      // Only `startCloud` in local-cloud.ts calls this.
      const { id: lentId, facts } = await lend((await json(request)) as CloudSettings);
      return { id: lentId, facts } satisfies LentCloud;
    }
    const cloud = clouds.get(Number(id));
    if (!cloud) {
      throw new Error(`There is no cloud ${id}`);
    }
    return of === 'tokens' ? sign(cloud.child, (await json(request)) as JWTPayload) : takeBack(cloud);
  }

  const server = createServer((request, response) => {
    // A test calls twice, far apart. An idle connection could close just as the second call uses it.
    response.setHeader('connection', 'close');
    answer(request).then(
      (body) => response.end(JSON.stringify(body ?? null)),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`,
    async stop() {
      server.close();
      server.closeAllConnections();
      await Promise.all([...clouds.values()].map(end));
    },
  };
}

/** Prints the errors in the log of a cloud before the log is lost, because a 500 in a test may not occur again. */
async function tellOfBrokenRequests(functionsLog: string): Promise<void> {
  const log = await readFile(functionsLog, 'utf8').catch(() => '');
  for (const line of log.split('\n').filter((one) => one.includes('"message":"request failed"'))) {
    console.error(line);
  }
}

/**
 * A cloud has dozens of small heaps, one per worker of a function. V8 neither shrinks them repeatedly nor uses its slowest compiler
 * for each of them (`--no-opt`): neither pays in a run of a few minutes.
 */
const v8Options = ['--initial-old-space-size=256', '--no-flush-bytecode', '--no-memory-reducer', '--no-opt'];

const cloudProcess = fileURLToPath(new URL('./cloud-process.ts', import.meta.url));

async function startCloud(settings: CloudSettings): Promise<{ child: ChildProcess; facts: CloudFacts }> {
  // The options of this process are for the test runner, not for clouds.
  const child = fork(cloudProcess, [JSON.stringify(settings)], { execArgv: v8Options });
  // It ends with this process, which does not wait for it.
  child.unref();
  child.channel?.unref();
  const said = await messageOf(child, (message) => message.type !== 'signed');
  if (said.type !== 'ready') {
    throw new Error(said.type === 'failed' ? said.message : 'The cloud says nothing of itself');
  }
  return { child, facts: said.facts };
}

let signRequests = 0;

async function sign(child: ChildProcess, claims: JWTPayload): Promise<string> {
  signRequests += 1;
  const id = signRequests;
  const signed = messageOf(child, (message) => message.type === 'signed' && message.id === id);
  child.send({ id, claims } satisfies SignRequest);
  const said = await signed;
  return said.type === 'signed' ? said.token : '';
}

function messageOf(child: ChildProcess, isIt: (message: CloudMessage) => boolean): Promise<CloudMessage> {
  return new Promise((resolve, reject) => {
    const settle = () => child.off('message', onMessage).off('exit', onExit);
    const onExit = (code: number | null) => {
      settle();
      reject(new Error(`The local cloud ended with ${code}`));
    };
    const onMessage = (message: unknown) => {
      // Safe: cloud-process.ts sends nothing else.
      const said = message as CloudMessage;
      if (isIt(said)) {
        settle();
        resolve(said);
      }
    };
    child.on('message', onMessage).on('exit', onExit);
  });
}

async function endProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    child.ref();
    const exited = once(child, 'exit');
    const killTimer = setTimeout(() => {
      console.error(`A local cloud has not stopped within ${STOP_WITHIN_MS / 1000} s and is killed.`);
      child.kill('SIGKILL');
    }, STOP_WITHIN_MS);
    if (child.connected) {
      child.disconnect();
    }
    await exited;
    clearTimeout(killTimer);
  }
}
