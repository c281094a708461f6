import { once } from 'node:events';
import { createWriteStream } from 'node:fs';

/** Where lines go that are nobody's answer. */
export type Log = (line: string) => void;

export type FunctionsLog = { write(functionName: string, text: string): void; close(): Promise<void> };

/** The log of all functions, in one file; on stderr too when `LOG` is set. Never on stdout. */
export function openFunctionsLog(file: string): FunctionsLog {
  const stream = createWriteStream(file, { flags: 'a' });
  // A log that cannot be written, as when its folder has been removed, must not stop what it tells about.
  stream.on('error', () => undefined);
  const echo = Boolean(process.env.LOG);
  return {
    write(functionName, text) {
      const lines = text
        .trimEnd()
        .split('\n')
        .map((line) => `${functionName} ${line}\n`)
        .join('');
      stream.write(lines);
      if (echo) {
        process.stderr.write(lines);
      }
    },
    async close() {
      if (!stream.destroyed) {
        stream.end();
        await once(stream, 'close').catch(() => undefined);
      }
    },
  };
}
