import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { DAY_MS } from '../domain/time-units.ts';
import { readStored, store } from './stored-json.ts';

/** The interval at which the time is saved: a crash loses no more than this. */
const SAVE_EVERY_MS = 500;
/** Timers are limited to 24.8 days; a longer one fires immediately. */
const MAX_TIMER_MS = 24 * DAY_MS;

/** Scaled time: a day lasts `dayMs` real milliseconds. */
export type ScaledClock = {
  dayMs: number;
  now(): Date;
  /** Whether the clock is stopped. */
  isHeld(): boolean;
  /** Converts a duration of scaled time to real time, both in milliseconds. */
  realMs(scaledMs: number): number;
  /** Sets the clock forward, stops it, or resumes it. @throws ClockWentBack when `now` is in the past */
  set(change: { now?: Date | undefined; held?: boolean | undefined }): void;
  /** Calls back after each change of the clock by `set`. */
  onSet(listener: () => void): void;
  /**
   * Waits for scaled time to pass. Follows the clock when it is set or stopped meanwhile; returns early when the signal aborts.
   *
   * @param options.atLeastMs the minimum wait in real milliseconds, unless the clock is set forward
   */
  sleep(scaledMs: number, options?: { atLeastMs?: number; signal?: AbortSignal; ref?: boolean }): Promise<void>;
  /** The present state for the environment of functions; `adapters/clock.ts` defines its format. */
  environment(): string;
  stop(): Promise<void>;
};

/** The clock cannot be set back: past events would be in the future. */
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
 * Opens the clock of a data folder. A new clock starts at the real time. A saved clock resumes at the time at which the cloud was
 * stopped: scaled time does not pass while the cloud is off.
 */
export async function openClock(options: {
  dayMs: number;
  folder: string;
  isPersistent: boolean;
}): Promise<ScaledClock> {
  const { dayMs, folder, isPersistent } = options;
  const file = path.join(folder, 'clock.json');
  const saved = isPersistent ? await readStored(file, savedSchema) : undefined;
  const rate = DAY_MS / dayMs;
  let realEpochMs = Date.now();
  let scaledEpochMs = saved ? resumeAt(saved, realEpochMs) : realEpochMs;
  let held = saved?.held ?? false;
  let changed = new AbortController();
  const listeners: (() => void)[] = [];
  const nowMs = () => scaledEpochMs + (held ? 0 : (Date.now() - realEpochMs) * rate);

  let timer: NodeJS.Timeout | undefined;
  const save = async (stopped: boolean) => {
    if (isPersistent) {
      // The next save replaces one that fails; the parts that depend on the disk report that it is full.
      await store(file, { scaledMs: nowMs(), realMs: Date.now(), dayMs, stopped, held }).catch(() => undefined);
    }
  };
  await save(false);
  if (isPersistent) {
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
      for (const listener of listeners) {
        listener();
      }
    },
    onSet: (listener) => void listeners.push(listener),
    async sleep(scaledMs, { atLeastMs = 0, signal, ref = true } = {}) {
      const until = nowMs() + Math.max(scaledMs, atLeastMs * rate);
      for (let remainingMs = until - nowMs(); remainingMs > 0 && !signal?.aborted; remainingMs = until - nowMs()) {
        const realMs = held ? MAX_TIMER_MS : Math.min(Math.ceil(remainingMs / rate), MAX_TIMER_MS);
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

/** A crash loses at most one save: adds the time since the last save, limited to two intervals, so that time never goes back. */
function resumeAt(saved: z.infer<typeof savedSchema>, realMs: number): number {
  const unsaved = saved.stopped || saved.held ? 0 : Math.min(Math.max(realMs - saved.realMs, 0), 2 * SAVE_EVERY_MS);
  return saved.scaledMs + (unsaved * DAY_MS) / saved.dayMs;
}
