/** The rate of a partner's requests is limited on average over windows of this length. */
const WINDOW_SECONDS = 5;
const WINDOW_MS = WINDOW_SECONDS * 1000;

/** Requests of a window that an instance of a function lets through before it asks for a share of the partner's allowance. */
export const UNCOUNTED = 5;

/** Into how many shares a partner's allowance is divided at most: so many writes of the table a full window takes. */
const SHARES = 50;

/** The window that a moment, in milliseconds, lies in. */
export const windowAt = (ms: number): number => Math.floor(ms / WINDOW_MS);

/** In how many seconds the window of a moment is over: at least one. */
export const secondsLeft = (ms: number): number => Math.ceil(((windowAt(ms) + 1) * WINDOW_MS - ms) / 1000);

/** How many requests an instance asks for at a time. */
export const shareOf = (perSecond: number): number => Math.max(1, Math.floor((perSecond * WINDOW_SECONDS) / SHARES));

/**
 * How many requests an instance may let through now.
 *
 * @param countedBefore the requests that all instances counted in the window before this share.
 */
export function grantedShare(perSecond: number, countedBefore: number): number {
  const left = perSecond * WINDOW_SECONDS - countedBefore;
  return Math.max(0, Math.min(left, shareOf(perSecond)));
}
