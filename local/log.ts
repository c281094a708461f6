import { once } from 'node:events';
import { createWriteStream } from 'node:fs';

/** Writes a line of diagnostic output. */
export type Log = (line: string) => void;

export type FunctionsLog = { write(functionName: string, text: string): void; close(): Promise<void> };

/** Opens the log of all functions: a file, and also stderr when `LOG` is set. Never stdout. */
export function openFunctionsLog(file: string): FunctionsLog {
  const stream = createWriteStream(file, { flags: 'a' });
  // A failing log, for example after its folder was removed, must not stop the cloud.
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
