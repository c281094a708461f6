import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { constants, existsSync } from 'node:fs';
import { access, mkdir, readdir, rm, statfs } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startTied, type TiedProcess } from '../child-process.ts';
import { freePort } from '../free-port.ts';
import { StartError } from '../start-error.ts';

export const engineNames = ['dynoxide', 'dynamodb-local'] as const;
export type EngineName = (typeof engineNames)[number];

export type Engine = { name: EngineName | 'external'; url: string; stop(): Promise<void> };

/** The JVM of DynamoDB Local takes seconds to start on a busy machine. */
const READY_WITHIN_MS = 60_000;
const PORT_ATTEMPTS = 5;
const SHARED_MEMORY = '/dev/shm';
/** The prefix of temporary database files, followed by the process id. */
const TEMPORARY_PREFIX = 'sim-fulfilment-';
/** A SIM takes about 22 KB once it is active, 100,000 SIMs 2.2 GB. Containers often have only 64 MB. */
const MEMORY_BYTES = 4 * 1024 ** 3;

type Program = {
  command: string;
  args(port: number): string[];
  cwd?: string;
  env?: Readonly<Record<string, string>>;
  /** Runs once the program is ready, before its first use. */
  prepare?(): Promise<void>;
  /** Runs after the program has ended. */
  cleanUp?(): Promise<void>;
};

/**
 * Starts DynamoDB: the requested engine, else the one at `DYNAMODB_ENDPOINT`, else Dynoxide if the platform has it, else
 * DynamoDB Local on Java.
 *
 * @throws StartError when no engine is available
 */
export async function startEngine(options: {
  engine?: EngineName | undefined;
  /** The URL of a running DynamoDB. Default: `DYNAMODB_ENDPOINT`. */
  endpoint?: string | undefined;
  folder: string;
  isPersistent: boolean;
}): Promise<Engine> {
  const endpoint = options.endpoint ?? process.env.DYNAMODB_ENDPOINT;
  if (options.engine === undefined && endpoint) {
    if (!(await isReachable(endpoint))) {
      throw new StartError(`DYNAMODB_ENDPOINT ${endpoint} does not answer.`);
    }
    return { name: 'external', url: endpoint, stop: async () => undefined };
  }
  const name = options.engine ?? (dynoxideProgram() ? 'dynoxide' : 'dynamodb-local');
  const program = await programOf(name, options.folder, options.isPersistent);
  for (let attempt = 1; ; attempt++) {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const child = startTied(program.command, program.args(port), {
      ...(program.cwd !== undefined && { cwd: program.cwd }),
      env: { ...process.env, ...program.env },
    });
    const stop = async () => {
      await child.end();
      await program.cleanUp?.();
    };
    if (await becomesReady(child, url)) {
      await program.prepare?.();
      return { name, url, stop };
    }
    await stop();
    // Another process may take the port before the engine does.
    if (attempt === PORT_ATTEMPTS) {
      throw new StartError(
        `The DynamoDB engine ${name} does not start: ${child.output().trim() || 'it wrote no output'}`,
      );
    }
  }
}

async function programOf(name: EngineName, folder: string, isPersistent: boolean): Promise<Program> {
  if (name === 'dynoxide') {
    const command = dynoxideProgram();
    if (command === undefined) {
      throw new StartError(
        `Dynoxide for ${process.platform}-${process.arch} is not installed: run npm ci with optional ` +
          'dependencies, or use DynamoDB Local with DYNAMODB_ENGINE=dynamodb-local (it requires Java 17).',
      );
    }
    const file = isPersistent
      ? path.join(folder, 'dynamodb.sqlite')
      : path.join((await memoryFolder()) ?? folder, `${TEMPORARY_PREFIX}${process.pid}-${randomUUID()}.sqlite`);
    // It writes one item at a time: more threads only pass requests around.
    const env = { TOKIO_WORKER_THREADS: '1' };
    return {
      command,
      env,
      args: (port) => ['serve', '--host', '127.0.0.1', '--port', String(port), '--db-path', file],
      prepare: () => indexStreams(file),
      cleanUp: async () => {
        const files = isPersistent ? [] : [file, `${file}-wal`, `${file}-shm`];
        await Promise.all(files.map((name) => rm(name, { force: true })));
      },
    };
  }
  const jar = dynamodbLocalFolder();
  if (jar === undefined) {
    throw new StartError(
      'DynamoDB Local (package amplify-dynamodb-simulator) is not installed: run npm ci, or set DYNAMODB_ENDPOINT to the URL ' +
        'of a running DynamoDB.',
    );
  }
  const java = process.env.JAVA_HOME ? path.join(process.env.JAVA_HOME, 'bin', 'java') : 'java';
  const version = /version "(\d+)/.exec(spawnSync(java, ['-version'], { encoding: 'utf8' }).stderr ?? '')?.[1];
  if (version === undefined || Number(version) < 17) {
    throw new StartError(
      `No DynamoDB engine is available: DynamoDB Local requires Java 17 or newer, but ${version === undefined ? 'java is not on the path' : `this machine has Java ${version}`}, ` +
        `and Dynoxide is not available for ${process.platform}-${process.arch} or not requested. ` +
        'Install Java 17, or set DYNAMODB_ENDPOINT to the URL of a running DynamoDB.',
    );
  }
  const data = path.join(folder, 'dynamodb-local');
  if (isPersistent) {
    await mkdir(data, { recursive: true });
  }
  return {
    command: java,
    cwd: folder,
    args: (port) => [
      '-Xmx512m',
      // It runs for minutes: less compilation and a serial garbage collector make it start faster.
      '-XX:TieredStopAtLevel=1',
      '-XX:+UseSerialGC',
      `-Djava.library.path=${path.join(jar, 'DynamoDBLocal_lib')}`,
      '-jar',
      path.join(jar, 'DynamoDBLocal.jar'),
      '-port',
      String(port),
      ...(isPersistent ? ['-dbPath', data] : ['-inMemory']),
      '-sharedDb',
      '-disableTelemetry',
    ],
  };
}

/**
 * Returns a folder in memory if the system has one with enough space. Writing one SIM writes about 130 KB of pages and log:
 * temporary data should not wait for a disk.
 */
async function memoryFolder(): Promise<string | undefined> {
  try {
    const { bavail, bsize } = await statfs(SHARED_MEMORY);
    await access(SHARED_MEMORY, constants.W_OK);
    await removeStaleFiles();
    return bavail * bsize >= MEMORY_BYTES ? SHARED_MEMORY : undefined;
  } catch {
    return undefined;
  }
}

/** Removes files of killed processes, which would otherwise occupy memory until the next boot. */
async function removeStaleFiles(): Promise<void> {
  const names = (await readdir(SHARED_MEMORY)).filter((name) => name.startsWith(TEMPORARY_PREFIX));
  const stale = names.filter((name) => !isAlive(Number.parseInt(name.slice(TEMPORARY_PREFIX.length), 10)));
  await Promise.all(stale.map((name) => rm(path.join(SHARED_MEMORY, name), { force: true })));
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // EPERM: the process exists and belongs to another user.
    return typeof error === 'object' && error !== null && 'code' in error && error.code === 'EPERM';
  }
}

/**
 * Adds an index to the stream records. Dynoxide 1.2.1 scans all records of a stream for the last sequence number on each write,
 * and for the next on each read: after 10,000 records it writes at a tenth of its speed. An index needs a database file, so
 * temporary clouds use one too; it is as fast as Dynoxide's in-memory mode.
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
    if (await isReachable(url)) {
      // An engine whose port is taken exits immediately; then another program has answered.
      await sleep(5);
      return !child.hasEnded();
    }
    await sleep(15);
  }
  return false;
}

async function isReachable(url: string): Promise<boolean> {
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
    // A rejection of the unsigned request shows that it is running.
    return response.status < 500;
  } catch {
    return false;
  }
}
