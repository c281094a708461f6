import { appendFile, readFile } from 'node:fs/promises';
import path from 'node:path';
import { sqsLimits } from './limits.ts';

/** Events that came to nothing, by the queue that the template sends them to. */
export type Failures = {
  /** A message that is larger than SQS takes is dropped. */
  add(queueArn: string, message: unknown): void;
  /** The latest, oldest first. */
  list(): { queue: string; message: unknown }[];
  stop(): Promise<void>;
};

const KEPT = 1000;

/** Opens the failures of a data folder; those of earlier runs are in it when the folder keeps them. */
export async function openFailures(folder: string): Promise<Failures> {
  const file = path.join(folder, 'failures.jsonl');
  const entries: { queue: string; message: unknown }[] = [];
  for (const line of (await readFile(file, 'utf8').catch(() => '')).split('\n').slice(-KEPT)) {
    try {
      entries.push(JSON.parse(line));
    } catch {
      // The last line of a run that was killed may be half a line.
    }
  }
  let writing: Promise<unknown> = Promise.resolve();
  return {
    add(queueArn, message) {
      // Lambda and Scheduler drop what a queue does not take.
      if (Buffer.byteLength(JSON.stringify(message)) > sqsLimits.messageBytes) {
        return;
      }
      const entry = { queue: queueArn.split(':').at(-1) ?? queueArn, message };
      entries.push(entry);
      entries.splice(0, entries.length - KEPT);
      writing = writing.then(() => appendFile(file, `${JSON.stringify(entry)}\n`)).catch(() => undefined);
    },
    list: () => [...entries],
    stop: async () => void (await writing),
  };
}
