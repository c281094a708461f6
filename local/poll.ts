import { setTimeout as pause } from 'node:timers/promises';

/** A poll that did not find a value in time. */
export class PollTimeout extends Error {
  override readonly name = 'PollTimeout';
}

/**
 * Calls `find` repeatedly until it returns a value.
 *
 * @param options in real milliseconds: the interval, and the time limit
 * @throws PollTimeout when the time limit has passed
 */
export async function poll<T>(
  what: string,
  find: () => Promise<T | undefined>,
  { everyMs = 150, withinMs = 180_000 } = {},
): Promise<T> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const found = await find();
    if (found !== undefined) {
      return found;
    }
    if (performance.now() > deadline) {
      throw new PollTimeout(`Timed out after ${withinMs / 1000} s while waiting for ${what}.`);
    }
    await pause(everyMs);
  }
}
