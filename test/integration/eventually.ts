import { setTimeout as sleep } from 'node:timers/promises';

const POLL_EVERY_MS = 50;

/**
 * Tries until it no longer throws, and gives what it gave. Whoever waits says what must become true, not how long it takes.
 *
 * @param within real milliseconds, 30,000 when left out; then the last error is thrown
 */
export async function eventually<T>(attempt: () => T | Promise<T>, { within = 30_000 } = {}): Promise<T> {
  const deadline = performance.now() + within;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (performance.now() > deadline) {
        throw error;
      }
    }
    await sleep(POLL_EVERY_MS);
  }
}
