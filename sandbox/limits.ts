import type { OperatorBooks } from './store.ts';

/** The headers that every answer has, and whether the call is within the limits of its path. Counted in real time. */
export type LimitCheck = { isWithin: boolean; headers: Record<string, string> };

/** Counts a call of a path, or of the whole account, against the operator's limits a second and a minute. */
export function countCall({ behaviour, timesAsked }: OperatorBooks, path: string, at: number): LimitCheck {
  const windows = [
    { name: 'Second', most: behaviour.requestsPerSecond, ms: 1_000 },
    { name: 'Minute', most: behaviour.requestsPerMinute, ms: 60_000 },
  ];
  let isWithin = true;
  const headers: Record<string, string> = {};
  for (const { name, most, ms } of windows) {
    if (most !== undefined) {
      const key = `calls of ${path} in ${name} ${Math.floor(at / ms)}`;
      const calls = (timesAsked.get(key) ?? 0) + 1;
      timesAsked.set(key, calls);
      isWithin &&= calls <= most;
      headers[`x-ratelimit-limit-${name.toLowerCase()}`] = String(most);
      headers[`x-ratelimit-remaining-${name.toLowerCase()}`] = String(Math.max(0, most - calls));
    }
  }
  return { isWithin, headers };
}
