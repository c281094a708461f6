import { access, constants, mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { explainSystemError, Refusal, systemCodeOf } from './start-error.ts';

/** Where one local cloud keeps what it writes. */
export type DataFolder = {
  path: string;
  /** Whether it outlives the cloud. */
  keeps: boolean;
  release(): Promise<void>;
};

/** Folders that this process uses: two clouds of one process would share the file lock. */
const inUse = new Set<string>();

/**
 * Takes a folder for one cloud alone; without a name, a temporary one that `release` removes.
 *
 * @throws Refusal when the folder cannot be created or written to, or another running cloud uses it
 */
export async function takeDataFolder(name: string | undefined): Promise<DataFolder> {
  if (name === undefined || name === '') {
    const temporary = await mkdtemp(path.join(tmpdir(), 'sim-fulfilment-'));
    return {
      path: temporary,
      keeps: false,
      release: () => rm(temporary, { recursive: true, force: true, maxRetries: 5 }),
    };
  }
  try {
    await makeFolder(path.resolve(name));
    await access(name, constants.W_OK);
  } catch (cause) {
    throw new Refusal(`DATA_DIR ${name} cannot be used: ${explainSystemError(cause) ?? cause}.`, { cause });
  }
  const folder = await realpath(name);
  if (inUse.has(folder)) {
    throw new Refusal(`DATA_DIR ${folder} is in use by another local cloud of this process.`);
  }
  inUse.add(folder);
  try {
    const unlock = await lock(folder);
    return {
      path: folder,
      keeps: true,
      async release() {
        await unlock();
        inUse.delete(folder);
      },
    };
  } catch (error) {
    inUse.delete(folder);
    throw error;
  }
}

/**
 * Creates a folder and its missing parents, each once. `mkdir` with `recursive` never returns where the file system reports
 * ENOENT although the parent exists, as /proc does.
 */
async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder);
  } catch (error) {
    const code = systemCodeOf(error);
    if (code === 'EEXIST') {
      return;
    }
    const parent = path.dirname(folder);
    if (code !== 'ENOENT' || (await exists(parent))) {
      throw error;
    }
    await makeFolder(parent);
    await mkdir(folder);
  }
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}

/**
 * Locks a folder for this process. The operating system holds the lock and releases it when the process ends, however it
 * ends: no process id is compared, which another program may have by then.
 *
 * @throws Refusal when another process holds it
 */
async function lock(folder: string): Promise<() => Promise<void>> {
  const { DatabaseSync } = await import('node:sqlite');
  // SQLite brings file locks for every platform; Node itself has none.
  const file = path.join(folder, 'lock.sqlite');
  const owner = path.join(folder, 'lock');
  let holder: InstanceType<typeof DatabaseSync> | undefined;
  try {
    holder = new DatabaseSync(file);
    holder.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
    await writeFile(owner, String(process.pid));
  } catch (cause) {
    holder?.close();
    if (/locked|busy/i.test(String(cause))) {
      const pid = await readFile(owner, 'utf8').catch(() => 'unknown');
      throw new Refusal(
        `DATA_DIR ${folder} is in use by the local cloud with process id ${pid}: stop that one first.`,
        {
          cause,
        },
      );
    }
    throw new Refusal(`DATA_DIR ${folder} cannot be written to: ${explainSystemError(cause) ?? cause}.`, { cause });
  }
  const held = holder;
  return async () => {
    // The locked file stays: removing it would unlock it for a process that has opened it meanwhile.
    await rm(owner, { force: true });
    held.close();
  };
}
