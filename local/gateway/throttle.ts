/**
 * The token bucket of a stage: it holds `burstLimit` requests and gets `rateLimit` a second, of real time.
 *
 * @returns whether one more request may pass
 */
export function throttle(
  limits: { rateLimit: number; burstLimit: number },
  now: () => number = () => performance.now(),
): () => boolean {
  let left = limits.burstLimit;
  let at = now();
  return () => {
    const time = now();
    left = Math.min(limits.burstLimit, left + ((time - at) / 1000) * limits.rateLimit);
    at = time;
    if (left < 1) {
      return false;
    }
    left -= 1;
    return true;
  };
}
