import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { constants, existsSync } from 'node:fs';
import { access, mkdir, readdir, rm, statfs } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startTied, type TiedProcess } from '../child-process.ts';
import { freePort } from '../free-port.ts';
import { Refusal } from '../start-error.ts';

export const engineNames = ['dynoxide', 'dynamodb-local'] as const;
export type EngineName = (typeof engineNames)[number];

export type Engine = { name: EngineName | 'external'; url: string; stop(): Promise<void> };

/** The JVM of DynamoDB Local takes seconds to start on a busy machine. */
const READY_WITHIN_MS = 60_000;
const PORT_ATTEMPTS = 5;
const SHARED_MEMORY = '/dev/shm';
/** What the files of clouds that keep nothing are called; the number of their process follows. */
const PASSING = 'sim-fulfilment-';
/** A SIM takes some 22 KB by the time that it is active, a hundred thousand 2.2 GB; containers often have 64 MB alone. */
const MEMORY_BYTES = 4 * 1024 ** 3;

type Program = {
  command: string;
  args(port: number): string[];
  cwd?: string;
  env?: Readonly<Record<string, string>>;
  /** Done once the program is ready, before anybody uses it. */
  prepare?(): Promise<void>;
  /** Done when it has ended. */
  tidy?(): Promise<void>;
};

/**
 * Starts DynamoDB: the engine that was asked for, else what `DYNAMODB_ENDPOINT` names, else Dynoxide where the platform
 * has it, else DynamoDB Local on Java.
 *
 * @throws Refusal when none of them can be had
 */
export async function startEngine(options: {
  engine?: EngineName | undefined;
  /** Of a DynamoDB that runs already; what `DYNAMODB_ENDPOINT` names, when left out. */
  endpoint?: string | undefined;
  folder: string;
  keeps: boolean;
}): Promise<Engine> {
  const endpoint = options.endpoint ?? process.env.DYNAMODB_ENDPOINT;
  if (options.engine === undefined && endpoint) {
    if (!(await answers(endpoint))) {
      throw new Refusal(`DYNAMODB_ENDPOINT ${endpoint} does not answer.`);
    }
    return { name: 'external', url: endpoint, stop: async () => undefined };
  }
  const name = options.engine ?? (dynoxideProgram() ? 'dynoxide' : 'dynamodb-local');
  const program = await programOf(name, options.folder, options.keeps);
  for (let attempt = 1; ; attempt++) {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const child = startTied(program.command, program.args(port), {
      ...(program.cwd !== undefined && { cwd: program.cwd }),
      env: { ...process.env, ...program.env },
    });
    const stop = async () => {
      await child.end();
      await program.tidy?.();
    };
    if (await becomesReady(child, url)) {
      await program.prepare?.();
      return { name, url, stop };
    }
    await stop();
    // Between finding a port and using it somebody else may take it.
    if (attempt === PORT_ATTEMPTS) {
      throw new Refusal(`The DynamoDB engine ${name} does not start: ${child.said().trim() || 'it says nothing'}`);
    }
  }
}

async function programOf(name: EngineName, folder: string, keeps: boolean): Promise<Program> {
  if (name === 'dynoxide') {
    const command = dynoxideProgram();
    if (command === undefined) {
      throw new Refusal(
        `There is no Dynoxide for ${process.platform}-${process.arch} among the installed packages: run npm ci with optional ` +
          'dependencies, or take DynamoDB Local with DYNAMODB_ENGINE=dynamodb-local (it needs Java 17).',
      );
    }
    const file = keeps
      ? path.join(folder, 'dynamodb.sqlite')
      : path.join((await memoryFolder()) ?? folder, `${PASSING}${process.pid}-${randomUUID()}.sqlite`);
    // It writes one item after the other anyway: further threads only hand requests around.
    const env = { TOKIO_WORKER_THREADS: '1' };
    return {
      command,
      env,
      args: (port) => ['serve', '--host', '127.0.0.1', '--port', String(port), '--db-path', file],
      prepare: () => indexStreams(file),
      tidy: async () => {
        const files = keeps ? [] : [file, `${file}-wal`, `${file}-shm`];
        await Promise.all(files.map((name) => rm(name, { force: true })));
      },
    };
  }
  const jar = dynamodbLocalFolder();
  if (jar === undefined) {
    throw new Refusal(
      'DynamoDB Local is not among the installed packages (amplify-dynamodb-simulator): run npm ci, or name a running ' +
        'DynamoDB in DYNAMODB_ENDPOINT.',
    );
  }
  const java = process.env.JAVA_HOME ? path.join(process.env.JAVA_HOME, 'bin', 'java') : 'java';
  const version = /version "(\d+)/.exec(spawnSync(java, ['-version'], { encoding: 'utf8' }).stderr ?? '')?.[1];
  if (version === undefined || Number(version) < 17) {
    throw new Refusal(
      `There is no DynamoDB engine for this machine: Dynoxide does not exist for ${process.platform}-${process.arch}, or is not ` +
        `asked for, and DynamoDB Local needs Java 17 or newer, which ${version === undefined ? 'is not on the path' : `is ${version} here`}. ` +
        'Install Java 17, or name a running DynamoDB in DYNAMODB_ENDPOINT.',
    );
  }
  const data = path.join(folder, 'dynamodb-local');
  if (keeps) {
    await mkdir(data, { recursive: true });
  }
  return {
    command: java,
    cwd: folder,
    args: (port) => [
      '-Xmx512m',
      // It lives for minutes: compiling less and collecting with one thread starts it sooner.
      '-XX:TieredStopAtLevel=1',
      '-XX:+UseSerialGC',
      `-Djava.library.path=${path.join(jar, 'DynamoDBLocal_lib')}`,
      '-jar',
      path.join(jar, 'DynamoDBLocal.jar'),
      '-port',
      String(port),
      ...(keeps ? ['-dbPath', data] : ['-inMemory']),
      '-sharedDb',
      '-disableTelemetry',
    ],
  };
}

/**
 * A folder in memory, where the system has one with room. A put of a SIM writes some 130 KB of pages and log: what is
 * thrown away at the end need not wear a disk, nor wait for it.
 */
async function memoryFolder(): Promise<string | undefined> {
  try {
    const { bavail, bsize } = await statfs(SHARED_MEMORY);
    await access(SHARED_MEMORY, constants.W_OK);
    await removeLeftBehind();
    return bavail * bsize >= MEMORY_BYTES ? SHARED_MEMORY : undefined;
  } catch {
    return undefined;
  }
}

/** What was killed could not tidy, and would hold memory until the machine is started anew. */
async function removeLeftBehind(): Promise<void> {
  const names = (await readdir(SHARED_MEMORY)).filter((name) => name.startsWith(PASSING));
  const left = names.filter((name) => !isAlive(Number.parseInt(name.slice(PASSING.length), 10)));
  await Promise.all(left.map((name) => rm(path.join(SHARED_MEMORY, name), { force: true })));
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // One of somebody else's is alive as well.
    return typeof error === 'object' && error !== null && 'code' in error && error.code === 'EPERM';
  }
}

/**
 * Dynoxide 1.2.1 looks through all records of a table's stream for the last number with each write, and for the next with
 * each read: after ten thousand records it writes at a tenth of its speed. With an index it does not. Hence the file,
 * which is as fast as its memory, for clouds that keep nothing, too.
 */
async function indexStreams(file: string): Promise<void> {
  const { DatabaseSync } = await import('node:sqlite');
  const store = new DatabaseSync(file);
  try {
    store.exec(
      'CREATE INDEX IF NOT EXISTS stream_order ON _stream_records (table_name, CAST(sequence_number AS INTEGER))',
    );
  } finally {
    store.close();
  }
}

const require = createRequire(import.meta.url);

function dynoxideProgram(): string | undefined {
  try {
    const folder = path.dirname(require.resolve(`@dynoxide/${process.platform}-${process.arch}/package.json`));
    const program = path.join(folder, process.platform === 'win32' ? 'dynoxide.exe' : 'dynoxide');
    return existsSync(program) ? program : undefined;
  } catch {
    return undefined;
  }
}

function dynamodbLocalFolder(): string | undefined {
  try {
    const folder = path.join(path.dirname(require.resolve('amplify-dynamodb-simulator/package.json')), 'emulator');
    return existsSync(path.join(folder, 'DynamoDBLocal.jar')) ? folder : undefined;
  } catch {
    return undefined;
  }
}

async function becomesReady(child: TiedProcess, url: string): Promise<boolean> {
  const deadline = Date.now() + READY_WITHIN_MS;
  while (!child.hasEnded() && Date.now() < deadline) {
    if (await answers(url)) {
      // A program whose port was taken ends at once; then it was another that answered.
      await sleep(5);
      return !child.hasEnded();
    }
    await sleep(15);
  }
  return false;
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': 'DynamoDB_20120810.ListTables',
      },
      body: '{}',
      signal: AbortSignal.timeout(2000),
    });
    await response.arrayBuffer();
    // It refuses a request that nobody signed, and so is there.
    return response.status < 500;
  } catch {
    return false;
  }
}
