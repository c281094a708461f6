import { updated } from './items.ts';
import { requestCountKey } from './keys.ts';
import { getPartner } from './partners.ts';

/** A count is of no use after its window, in seconds. */
const KEPT_FOR = 3600;

/** Adds requests to a partner's count of a window. @returns the count after it. */
export async function addRequests(partnerId: string, window: number, requests: number): Promise<number> {
  const expiresAt = Math.floor(Date.now() / 1000) + KEPT_FOR;
  const change = { add: { requests }, setOnce: { expiresAt } };
  return (await updated<{ requests: number }>(requestCountKey(partnerId, window), change)).requests;
}

/** How many requests a second the platform agreed on with a partner; `undefined` when the stage's own limit holds. */
export async function requestLimitOf(partnerId: string): Promise<number | undefined> {
  return (await getPartner(partnerId))?.requestsPerSecond;
}
