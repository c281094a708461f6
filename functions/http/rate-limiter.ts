import { logger } from '../../adapters/telemetry/logger.ts';
import { grantedShare, secondsLeft, shareOf, UNCOUNTED, windowAt } from '../../domain/rate-limit.ts';

/** Where the requests of partners are counted across the instances of all functions. */
export type RequestCounts = {
  /** Adds requests to a partner's count of a window. @returns the count after it. */
  add(partnerId: string, window: number, requests: number): Promise<number>;
  /** How many requests a second the partner may send; `undefined` when the stage's own limit holds. */
  limitOf(partnerId: string): Promise<number | undefined>;
};

/** Lets a request of a partner through, or says in how many seconds the next one may pass. */
export type RateLimiter = (partnerId: string) => Promise<{ retryAfterSeconds: number } | undefined>;

/** What an instance knows of a partner in the current window. */
type Local = { window: number; left: number; hasShare: boolean; isOver: boolean };

/** Partners whose requests an instance keeps in mind. */
const MAX_PARTNERS = 1000;
/** A partner's own limit is read again after this. */
const LIMIT_KEPT_MS = 60_000;

/**
 * Limits the requests of each partner across all instances, approximately: an instance lets the first few of a window
 * through uncounted, then takes shares of the partner's allowance. So a partner that sends little costs nothing, and one
 * that sends much a write per share. When the count is unavailable, requests pass.
 */
export function createRateLimiter(
  counts: RequestCounts,
  { perSecond, now = Date.now }: { perSecond: number; now?: () => number },
): RateLimiter {
  const locals = new Map<string, Local>();
  const limits = new Map<string, { perSecond: number; until: number }>();

  async function limitOf(partnerId: string): Promise<number> {
    const known = limits.get(partnerId);
    if (known && known.until > now()) {
      return known.perSecond;
    }
    const limit = (await counts.limitOf(partnerId)) ?? perSecond;
    limits.set(partnerId, { perSecond: limit, until: now() + LIMIT_KEPT_MS });
    return limit;
  }

  async function takeShare(partnerId: string, local: Local): Promise<void> {
    const limit = await limitOf(partnerId);
    const passed = local.hasShare ? 0 : UNCOUNTED;
    const share = shareOf(limit);
    const counted = await counts.add(partnerId, local.window, passed + share);
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
      local = { window, left: UNCOUNTED, hasShare: false, isOver: false };
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
