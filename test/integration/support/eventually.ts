import { setTimeout as sleep } from 'node:timers/promises';

/** Often enough for tests that change something while days pass. Long waits poll less often, because polling is work for the cloud. */
const POLL_EVERY_MS = 200;
const SELDOM_MS = 500;
const SELDOM_AFTER_MS = 2_000;

/** How many times longer than a local cloud the tested cloud may take: the schedules of a deployment run by the minute. */
export const patience = Number(process.env.PATIENCE ?? 1);

/**
 * Repeats an attempt until it no longer throws, and returns its result.
 *
 * @param within real milliseconds until it throws the last error. Default: a minute, for busy machines.
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
