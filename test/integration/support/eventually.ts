import { setTimeout as sleep } from 'node:timers/promises';

/** Often enough for tests that change something while days pass; looking is work for the cloud, too, so that long waits look less. */
const POLL_EVERY_MS = 200;
const SELDOM_MS = 500;
const SELDOM_AFTER_MS = 2_000;

/** How much longer than a local cloud the one that is tested may take: a deployment looks by the minute. */
export const patience = Number(process.env.PATIENCE ?? 1);

/**
 * Tries until it no longer throws, and gives what it gave. Whoever waits says what must become true, not how long it takes.
 *
 * @param within real milliseconds, a minute when left out, for machines that are busy with other things too; then the last
 *   error is thrown
 */
export async function eventually<T>(attempt: () => T | Promise<T>, { within = 60_000 } = {}): Promise<T> {
  const begun = performance.now();
  const deadline = begun + within * patience;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (performance.now() > deadline) {
        throw error;
      }
    }
    await sleep(performance.now() - begun < SELDOM_AFTER_MS ? POLL_EVERY_MS : SELDOM_MS);
  }
}

/** Repeats a request that the API answers with 503, as its clients should: a harsh cloud throttles in bursts. */
export async function untilAvailable<Response extends { status: number }>(
  request: () => Promise<Response>,
): Promise<Response> {
  return eventually(async () => {
    const answer = await request();
    if (answer.status === 503) {
      throw new Error(`The API still answers 503: ${JSON.stringify(answer)}`);
    }
    return answer;
  });
}
