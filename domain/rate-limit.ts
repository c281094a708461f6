/** The length of the windows over which a partner's request rate is averaged. */
const WINDOW_SECONDS = 5;
const WINDOW_MS = WINDOW_SECONDS * 1000;

/** The requests per window that a function instance admits before it requests a share of the partner's allowance. */
export const UNCOUNTED_REQUESTS = 5;

/** The maximum number of shares of a partner's allowance, and so of writes to the table per window. */
const SHARES = 50;

/** The number of the window that contains a moment, in milliseconds. */
export const windowAt = (ms: number): number => Math.floor(ms / WINDOW_MS);

/** The seconds until the window of a moment ends: at least one. */
export const secondsLeft = (ms: number): number => Math.ceil(((windowAt(ms) + 1) * WINDOW_MS - ms) / 1000);

/** The number of requests in one share. */
export const shareOf = (perSecond: number): number => Math.max(1, Math.floor((perSecond * WINDOW_SECONDS) / SHARES));

/**
 * The number of requests that an instance can admit now.
 *
 * @param countedBefore the requests that all instances counted in the window before this share.
 */
export function grantedShare(perSecond: number, countedBefore: number): number {
  const left = perSecond * WINDOW_SECONDS - countedBefore;
  return Math.max(0, Math.min(left, shareOf(perSecond)));
}
