import { DAY_MS } from '../domain/time-units.ts';

/** The time of the domain: real time on AWS, scaled time on the local cloud, where a day lasts a second. */
export type Clock = {
  now(): Date;
};

/**
 * Creates the clock that `SCALED_CLOCK` describes, or a real one when it is not set.
 *
 * @param scaled JSON `{ realEpochMs, scaledEpochMs, dayMs, held }`: at `realEpochMs` the scaled time was `scaledEpochMs`, and
 *   a scaled day lasts `dayMs` real milliseconds. While `held`, the clock stands still.
 */
export function clockFrom(scaled: string | undefined): Clock {
  if (!scaled) {
    return { now: () => new Date() };
  }
  const {
    realEpochMs,
    scaledEpochMs,
    dayMs,
    held = false,
  }: { realEpochMs: number; scaledEpochMs: number; dayMs: number; held?: boolean } = JSON.parse(scaled);
  const rate = held ? 0 : DAY_MS / dayMs;
  return { now: () => new Date(scaledEpochMs + (Date.now() - realEpochMs) * rate) };
}

let described = process.env.SCALED_CLOCK;
let current = clockFrom(described);

export const clock: Clock = {
  now() {
    // The local cloud changes the variable when its clock is set or held.
    if (process.env.SCALED_CLOCK !== described) {
      described = process.env.SCALED_CLOCK;
      current = clockFrom(described);
    }
    return current.now();
  },
};
