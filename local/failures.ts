import { appendFile, readFile } from 'node:fs/promises';
import path from 'node:path';
import { sqsLimits } from './limits.ts';

/** Events that exhausted their retries, with the queue that the template sends them to. */
export type Failures = {
  /** Adds a message; one that is too large for SQS is dropped. */
  add(queueArn: string, message: unknown): void;
  /** Lists the latest messages, oldest first. */
  list(): { queue: string; message: unknown }[];
  stop(): Promise<void>;
};

const MAX_ENTRIES = 1000;

/** Opens the failures of a data folder, including those of earlier runs. */
export async function openFailures(folder: string): Promise<Failures> {
  const file = path.join(folder, 'failures.jsonl');
  const entries: { queue: string; message: unknown }[] = [];
  for (const line of (await readFile(file, 'utf8').catch(() => '')).split('\n').slice(-MAX_ENTRIES)) {
    try {
      entries.push(JSON.parse(line));
    } catch {
      // A killed run may leave an incomplete last line.
    }
  }
  let writing: Promise<unknown> = Promise.resolve();
  return {
    add(queueArn, message) {
      // Lambda and Scheduler drop messages that a queue rejects.
      if (Buffer.byteLength(JSON.stringify(message)) > sqsLimits.messageBytes) {
        return;
      }
      const entry = { queue: queueArn.split(':').at(-1) ?? queueArn, message };
      entries.push(entry);
      entries.splice(0, entries.length - MAX_ENTRIES);
      writing = writing.then(() => appendFile(file, `${JSON.stringify(entry)}\n`)).catch(() => undefined);
    },
    list: () => [...entries],
    stop: async () => void (await writing),
  };
}
