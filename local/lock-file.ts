import { open, readFile, rm, stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { StartError, systemCodeOf } from './start-error.ts';

const LOCK_TIMEOUT_MS = 120_000;

/**
 * Waits for a lock that processes of this machine share; takes over the lock of a killed process.
 *
 * @param isDone whether another process has done the work, so that the lock is not needed.
 * @returns the function that releases the lock.
 * @throws StartError when another process holds it for two minutes.
 */
export async function lockFile(
  file: string,
  isDone: () => boolean,
  signal?: AbortSignal,
): Promise<() => Promise<void>> {
  const deadline = Date.now() + LOCK_TIMEOUT_MS;
  for (;;) {
    try {
      const handle = await open(file, 'wx');
      await handle.writeFile(String(process.pid));
      await handle.close();
      return () => rm(file, { force: true });
    } catch (error) {
      if (systemCodeOf(error) !== 'EEXIST') {
        throw error;
      }
      if (isDone()) {
        return async () => undefined;
      }
    }
    const owner = Number(await readFile(file, 'utf8').catch(() => ''));
    const info = await stat(file).catch(() => undefined);
    const isFresh = info !== undefined && Date.now() - info.mtimeMs < 1000;
    if (info && !isFresh && !isAlive(owner)) {
      await rm(file, { force: true });
    }
    if (Date.now() > deadline) {
      throw new StartError(
        `Another process has held a lock for two minutes. If no other process runs, remove ${file}.`,
      );
    }
    await sleep(50, undefined, signal && { signal });
  }
}

function isAlive(pid: number): boolean {
  try {
    return pid > 0 && process.kill(pid, 0);
  } catch {
    return false;
  }
}
