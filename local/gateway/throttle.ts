/**
 * Creates the token bucket of a stage: `burstLimit` tokens, refilled at `rateLimit` per second of real time.
 *
 * @returns a function that takes a token, and returns whether there was one
 */
export function throttle(
  limits: { rateLimit: number; burstLimit: number },
  now: () => number = () => performance.now(),
): () => boolean {
  let tokens = limits.burstLimit;
  let at = now();
  return () => {
    const time = now();
    tokens = Math.min(limits.burstLimit, tokens + ((time - at) / 1000) * limits.rateLimit);
    at = time;
    if (tokens < 1) {
      return false;
    }
    tokens -= 1;
    return true;
  };
}
