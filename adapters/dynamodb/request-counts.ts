import type { PartnerId } from '../../domain/ids.ts';
import { itemKinds } from './item-kinds.ts';
import { getPartner } from './partners.ts';
import { updateAndGet } from './writes.ts';

/** Counts expire an hour after their window, in seconds. */
const COUNT_LIFETIME_SECONDS = 3600;

/** Adds requests to a partner's count of a window. @returns the count after it. */
export async function addRequests(partnerId: PartnerId, window: number, requests: number): Promise<number> {
  const expiresAt = Math.floor(Date.now() / 1000) + COUNT_LIFETIME_SECONDS;
  const change = { add: { requests }, setIfAbsent: { expiresAt } };
  return (await updateAndGet<{ requests: number }>(itemKinds.requestCount.key({ partnerId, window }), change)).requests;
}

/** The partner's own limit of requests per second; `undefined` when that of the stage applies. */
export async function requestLimitOf(partnerId: PartnerId): Promise<number | undefined> {
  return (await getPartner(partnerId))?.requestsPerSecond;
}
