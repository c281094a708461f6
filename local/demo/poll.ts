import { setTimeout as pause } from 'node:timers/promises';

const LOOK_EVERY_MS = 150;

/** How long something may take, in real time, before the story says that something is wrong. */
const PATIENCE_MS = 60_000;

/** Looks again and again until there is something. @throws Error when there is nothing for a minute */
export async function poll<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  const deadline = Date.now() + PATIENCE_MS;
  while (Date.now() < deadline) {
    const found = await look();
    if (found !== undefined) {
      return found;
    }
    await pause(LOOK_EVERY_MS);
  }
  throw new Error(`Waited ${PATIENCE_MS / 1000} s in vain for ${what}.`);
}
