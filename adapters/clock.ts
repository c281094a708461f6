/** The time that the domain lives in. In the cloud it is the real one; the local cloud lets a day pass in a second. */
export type Clock = {
  now(): Date;
};

const MS_PER_DAY = 86_400_000;

/**
 * Reads the clock that `SCALED_CLOCK` describes, or the real one when it is not set.
 *
 * @param scaled JSON `{ realEpochMs, scaledEpochMs, dayMs }`: at `realEpochMs` the scaled time was `scaledEpochMs`, and
 *   a scaled day lasts `dayMs` real milliseconds.
 */
export function clockFrom(scaled: string | undefined): Clock {
  if (!scaled) {
    return { now: () => new Date() };
  }
  const { realEpochMs, scaledEpochMs, dayMs }: { realEpochMs: number; scaledEpochMs: number; dayMs: number } =
    JSON.parse(scaled);
  const rate = MS_PER_DAY / dayMs;
  return { now: () => new Date(scaledEpochMs + (Date.now() - realEpochMs) * rate) };
}

export const clock: Clock = clockFrom(process.env.SCALED_CLOCK);
