import { access, constants, mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { explainSystemError, StartError, systemCodeOf } from './start-error.ts';

/** The folder to which one local cloud writes. */
export type DataFolder = {
  path: string;
  /** Whether the folder remains after the cloud stops. */
  isPersistent: boolean;
  release(): Promise<void>;
};

/** Folders in use by this process: two clouds of one process would share the file lock. */
const inUse = new Set<string>();

/**
 * Acquires a folder for exclusive use by one cloud; without a name, a temporary folder that `release` removes.
 *
 * @throws StartError when the folder cannot be created or written to, or another running cloud uses it
 */
export async function acquireDataFolder(name: string | undefined): Promise<DataFolder> {
  if (name === undefined || name === '') {
    const temporary = await mkdtemp(path.join(tmpdir(), 'sim-fulfilment-'));
    return {
      path: temporary,
      isPersistent: false,
      release: () => rm(temporary, { recursive: true, force: true, maxRetries: 5 }),
    };
  }
  try {
    await makeFolder(path.resolve(name));
    await access(name, constants.W_OK);
  } catch (cause) {
    throw new StartError(`DATA_DIR ${name} cannot be used: ${explainSystemError(cause) ?? cause}.`, { cause });
  }
  const folder = await realpath(name);
  if (inUse.has(folder)) {
    throw new StartError(`DATA_DIR ${folder} is in use by another local cloud of this process.`);
  }
  inUse.add(folder);
  try {
    const unlock = await lock(folder);
    return {
      path: folder,
      isPersistent: true,
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
 * Creates a folder and its missing parents. `mkdir` with `recursive` never returns when the file system reports ENOENT although
 * the parent exists, as /proc does.
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
 * Locks a folder for this process. The operating system releases the lock when the process ends for any reason. Comparing
 * process ids would not work: the system may reuse them.
 *
 * @throws StartError when another process holds it
 */
async function lock(folder: string): Promise<() => Promise<void>> {
  const { DatabaseSync } = await import('node:sqlite');
  // SQLite provides file locks on every platform; Node.js does not.
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
      throw new StartError(
        `DATA_DIR ${folder} is in use by the local cloud with process id ${pid}: stop that process first.`,
        {
          cause,
        },
      );
    }
    throw new StartError(`DATA_DIR ${folder} cannot be written to: ${explainSystemError(cause) ?? cause}.`, { cause });
  }
  const database = holder;
  return async () => {
    // Do not remove the locked file: a process may have opened it meanwhile, and would then hold a lock on a deleted file.
    await rm(owner, { force: true });
    database.close();
  };
}
