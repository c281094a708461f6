import { mkdir, mkdtemp, open, readFile, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Refusal } from './refusal.ts';

/** Where one local cloud keeps what it writes. */
export type DataFolder = {
  path: string;
  /** Whether it outlives the cloud. */
  keeps: boolean;
  release(): Promise<void>;
};

/** Folders that this process uses: a lock file cannot tell two clouds of one process apart. */
const inUse = new Set<string>();

/**
 * Takes a folder for one cloud alone; without a name, a temporary one that `release` removes.
 *
 * @throws Refusal when another running cloud uses the folder
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
    await mkdir(name, { recursive: true });
  } catch (cause) {
    throw new Refusal(`DATA_DIR ${name} cannot be made.`, { cause });
  }
  const folder = await realpath(name);
  const lock = path.join(folder, 'lock');
  if (inUse.has(folder)) {
    throw new Refusal(`DATA_DIR ${folder} is in use by another local cloud of this process.`);
  }
  inUse.add(folder);
  try {
    await takeLock(folder, lock);
  } catch (error) {
    inUse.delete(folder);
    throw error;
  }
  return {
    path: folder,
    keeps: true,
    async release() {
      await rm(lock, { force: true });
      inUse.delete(folder);
    },
  };
}

async function takeLock(folder: string, lock: string): Promise<void> {
  for (let attempt = 0; attempt < 3; attempt++) {
    try {
      const file = await open(lock, 'wx');
      await file.writeFile(String(process.pid));
      await file.close();
      return;
    } catch (error) {
      if (!(typeof error === 'object' && error !== null && 'code' in error && error.code === 'EEXIST')) {
        throw new Refusal(`DATA_DIR ${folder} cannot be written to.`, { cause: error });
      }
    }
    const owner = Number(await readFile(lock, 'utf8').catch(() => ''));
    if (owner !== process.pid && (await isRunningNode(owner))) {
      throw new Refusal(
        `DATA_DIR ${folder} is in use by the local cloud with process id ${owner}: stop that one first.`,
      );
    }
    // Left behind by a cloud that was killed.
    await rm(lock, { force: true });
  }
  throw new Refusal(`DATA_DIR ${folder} is in use by another local cloud.`);
}

async function isRunningNode(pid: number): Promise<boolean> {
  if (!Number.isInteger(pid) || pid <= 0) {
    return false;
  }
  try {
    process.kill(pid, 0);
  } catch (error) {
    return typeof error === 'object' && error !== null && 'code' in error && error.code === 'EPERM';
  }
  // Process ids are given again: on Linux one can look what runs under it now.
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => 'node');
  return command.includes('node');
}
