import path from 'node:path';
import * as z from 'zod';
import { readStored, store } from './stored-json.ts';

const MS_PER_DAY = 86_400_000;
/** How often the time is noted, so that a crash loses no more of it than this. */
const NOTED_EVERY_MS = 500;

/** Scaled time: a day lasts `dayMs` real milliseconds. */
export type ScaledClock = {
  dayMs: number;
  now(): Date;
  /** How long a stretch of scaled time really lasts, both in milliseconds. */
  realMs(scaledMs: number): number;
  /** For the environment of the functions; `adapters/clock.ts` says what it means. */
  environment: string;
  stop(): Promise<void>;
};

const notedSchema = z.object({ scaledMs: z.number(), realMs: z.number(), dayMs: z.number(), stopped: z.boolean() });

/**
 * Opens the clock of a data folder. The first time scaled time begins at the real one; later it goes on from where it
 * stood when the cloud was stopped, as time stands still for a cloud that is off.
 */
export async function openClock(options: { dayMs: number; folder: string; keeps: boolean }): Promise<ScaledClock> {
  const { dayMs, folder, keeps } = options;
  const file = path.join(folder, 'clock.json');
  const noted = keeps ? await readStored(file, notedSchema) : undefined;
  const realEpochMs = Date.now();
  const scaledEpochMs = noted ? resumeAt(noted, realEpochMs) : realEpochMs;
  const rate = MS_PER_DAY / dayMs;
  const now = () => new Date(scaledEpochMs + (Date.now() - realEpochMs) * rate);

  let writing: Promise<void> = Promise.resolve();
  const note = (stopped: boolean) => {
    writing = writing
      .then(() => store(file, { scaledMs: now().getTime(), realMs: Date.now(), dayMs, stopped }))
      // The next note mends it; a full disk is told by what needs it more.
      .catch(() => undefined);
    return writing;
  };
  let timer: NodeJS.Timeout | undefined;
  if (keeps) {
    await note(false);
    timer = setInterval(() => void note(false), NOTED_EVERY_MS).unref();
  }
  return {
    dayMs,
    now,
    realMs: (scaledMs) => scaledMs / rate,
    environment: JSON.stringify({ realEpochMs, scaledEpochMs, dayMs }),
    async stop() {
      clearInterval(timer);
      if (keeps) {
        await note(true);
      }
    },
  };
}

/** After a crash up to one note is missing: time never goes back, and goes on by no more than that. */
function resumeAt(noted: z.infer<typeof notedSchema>, realMs: number): number {
  const unnoted = noted.stopped ? 0 : Math.min(Math.max(realMs - noted.realMs, 0), 2 * NOTED_EVERY_MS);
  return noted.scaledMs + (unnoted * MS_PER_DAY) / noted.dayMs;
}
