import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { DAY_MS } from '../domain/durations.ts';
import { readStored, store } from './stored-json.ts';

/** How often the time is saved: a crash loses no more of it than this. */
const SAVE_EVERY_MS = 500;
/** A timer holds 24.8 days; one that is set for longer fires at once. */
const MAX_TIMER_MS = 24 * DAY_MS;

/** Scaled time: a day lasts `dayMs` real milliseconds. */
export type ScaledClock = {
  dayMs: number;
  now(): Date;
  /** Whether time stands still. */
  isHeld(): boolean;
  /** How long a stretch of scaled time lasts in real time while the clock runs, both in milliseconds. */
  realMs(scaledMs: number): number;
  /** Sets the clock forward, holds it, or lets it run again. @throws ClockWentBack when `now` is in the past */
  set(change: { now?: Date | undefined; held?: boolean | undefined }): void;
  /**
   * Waits for scaled time to pass. Follows the clock when it is set or held meanwhile; ends early when the signal aborts.
   *
   * @param options.atLeastMs real milliseconds that it takes at the least, unless the clock is set forward
   */
  sleep(scaledMs: number, options?: { atLeastMs?: number; signal?: AbortSignal; ref?: boolean }): Promise<void>;
  /** For the environment of the functions, as it is now; `adapters/clock.ts` defines its form. */
  environment(): string;
  stop(): Promise<void>;
};

/** A clock is never set back: what has happened would lie in the future. */
export class ClockWentBack extends Error {
  override readonly name = 'ClockWentBack';
}

const savedSchema = z.object({
  scaledMs: z.number(),
  realMs: z.number(),
  dayMs: z.number(),
  stopped: z.boolean(),
  held: z.boolean().default(false),
});

/**
 * Opens the clock of a data folder. The first time, scaled time begins at the real one; later it goes on from where it stood when
 * the cloud was stopped, because time stands still for a cloud that is off.
 */
export async function openClock(options: { dayMs: number; folder: string; keeps: boolean }): Promise<ScaledClock> {
  const { dayMs, folder, keeps } = options;
  const file = path.join(folder, 'clock.json');
  const saved = keeps ? await readStored(file, savedSchema) : undefined;
  const rate = DAY_MS / dayMs;
  let realEpochMs = Date.now();
  let scaledEpochMs = saved ? resumeAt(saved, realEpochMs) : realEpochMs;
  let held = saved?.held ?? false;
  let changed = new AbortController();
  const nowMs = () => scaledEpochMs + (held ? 0 : (Date.now() - realEpochMs) * rate);

  let timer: NodeJS.Timeout | undefined;
  const save = async (stopped: boolean) => {
    if (keeps) {
      // The next save makes up for one that fails; a full disk is reported by the parts that depend on it.
      await store(file, { scaledMs: nowMs(), realMs: Date.now(), dayMs, stopped, held }).catch(() => undefined);
    }
  };
  await save(false);
  if (keeps) {
    timer = setInterval(() => void save(false), SAVE_EVERY_MS).unref();
  }

  return {
    dayMs,
    now: () => new Date(nowMs()),
    isHeld: () => held,
    realMs: (scaledMs) => scaledMs / rate,
    set(change) {
      const from = nowMs();
      const to = change.now?.getTime() ?? from;
      if (to < from) {
        throw new ClockWentBack(`The clock is at ${new Date(from).toISOString()} and cannot be set back.`);
      }
      scaledEpochMs = to;
      realEpochMs = Date.now();
      held = change.held ?? held;
      void save(false);
      const before = changed;
      changed = new AbortController();
      before.abort();
    },
    async sleep(scaledMs, { atLeastMs = 0, signal, ref = true } = {}) {
      const until = nowMs() + Math.max(scaledMs, atLeastMs * rate);
      for (let left = until - nowMs(); left > 0 && !signal?.aborted; left = until - nowMs()) {
        const realMs = held ? MAX_TIMER_MS : Math.min(Math.ceil(left / rate), MAX_TIMER_MS);
        const ends = AbortSignal.any([changed.signal, ...(signal ? [signal] : [])]);
        await sleep(realMs, undefined, { signal: ends, ref }).catch(() => undefined);
      }
    },
    environment: () => JSON.stringify({ realEpochMs, scaledEpochMs, dayMs, held }),
    async stop() {
      clearInterval(timer);
      await save(true);
    },
  };
}

/** After a crash up to one save is missing: time never goes back, and goes on by no more than that. */
function resumeAt(saved: z.infer<typeof savedSchema>, realMs: number): number {
  const unsaved = saved.stopped || saved.held ? 0 : Math.min(Math.max(realMs - saved.realMs, 0), 2 * SAVE_EVERY_MS);
  return saved.scaledMs + (unsaved * DAY_MS) / saved.dayMs;
}
