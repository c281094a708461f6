import { setTimeout as pause } from 'node:timers/promises';

const POLL_INTERVAL_MS = 150;

/** The time limit of a step, in real time. */
const TIMEOUT_MS = 60_000;

/** Calls `find` repeatedly until it returns a value. @throws Error after a minute without a value */
export async function poll<T>(what: string, find: () => Promise<T | undefined>): Promise<T> {
  const deadline = Date.now() + TIMEOUT_MS;
  while (Date.now() < deadline) {
    const found = await find();
    if (found !== undefined) {
      return found;
    }
    await pause(POLL_INTERVAL_MS);
  }
  throw new Error(`Timed out after ${TIMEOUT_MS / 1000} s while waiting for ${what}.`);
}
