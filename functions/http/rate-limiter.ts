import { logger } from '../../adapters/telemetry/logger.ts';
import type { PartnerId } from '../../domain/ids.ts';
import { grantedShare, secondsLeft, shareOf, UNCOUNTED_REQUESTS, windowAt } from '../../domain/rate-limit.ts';

/** Counts the requests of partners across all function instances. */
export type RequestCounts = {
  /** Adds requests to a partner's count in a window. @returns the new count. */
  add(partnerId: PartnerId, window: number, requests: number): Promise<number>;
  /** The partner's own limit of requests per second; `undefined` when that of the stage applies. */
  limitOf(partnerId: PartnerId): Promise<number | undefined>;
};

/** Admits a request of a partner and returns `undefined`, or returns the number of seconds after which to retry. */
export type RateLimiter = (partnerId: PartnerId) => Promise<{ retryAfterSeconds: number } | undefined>;

/** An instance's state of a partner in the current window. */
type Local = { window: number; left: number; hasShare: boolean; isOver: boolean };

/** The maximum number of partners that an instance tracks. */
const MAX_PARTNERS = 1000;
/** How long a partner's own limit is cached. */
const LIMIT_CACHE_MS = 60_000;

/**
 * Limits the requests of each partner across all instances, approximately: an instance admits the first few requests of a
 * window without counting, then reserves shares of the partner's allowance. Partners with few requests cost nothing; others
 * cost one write per share. When the count is unavailable, requests are admitted.
 */
export function createRateLimiter(
  counts: RequestCounts,
  { perSecond, now = Date.now }: { perSecond: number; now?: () => number },
): RateLimiter {
  const locals = new Map<string, Local>();
  const limits = new Map<string, { perSecond: number; until: number }>();

  async function limitOf(partnerId: PartnerId): Promise<number> {
    const known = limits.get(partnerId);
    if (known && known.until > now()) {
      return known.perSecond;
    }
    const limit = (await counts.limitOf(partnerId)) ?? perSecond;
    limits.set(partnerId, { perSecond: limit, until: now() + LIMIT_CACHE_MS });
    return limit;
  }

  async function takeShare(partnerId: PartnerId, local: Local): Promise<void> {
    const limit = await limitOf(partnerId);
    const admitted = local.hasShare ? 0 : UNCOUNTED_REQUESTS;
    const share = shareOf(limit);
    const counted = await counts.add(partnerId, local.window, admitted + share);
    local.hasShare = true;
    local.left = grantedShare(limit, counted - share);
    local.isOver = local.left === 0;
  }

  return async (partnerId) => {
    const window = windowAt(now());
    let local = locals.get(partnerId);
    if (local?.window !== window) {
      if (locals.size >= MAX_PARTNERS) {
        locals.clear();
        limits.clear();
      }
      local = { window, left: UNCOUNTED_REQUESTS, hasShare: false, isOver: false };
      locals.set(partnerId, local);
    }
    if (local.left === 0 && !local.isOver) {
      try {
        await takeShare(partnerId, local);
      } catch (error) {
        logger.warn('requests of a partner not counted', { partnerId, error });
        return undefined;
      }
    }
    if (local.isOver) {
      return { retryAfterSeconds: secondsLeft(now()) };
    }
    local.left -= 1;
    return undefined;
  };
}
