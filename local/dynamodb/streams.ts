import type { Failures } from '../failures.ts';
import type { Functions } from '../lambda/functions.ts';
import type { Log } from '../log.ts';
import { Refusal } from '../refusal.ts';
import type { Parts } from '../template/parts.ts';

/** Reads the streams of tables for the functions that the template gives them to. */
export function startStreamReaders(
  parts: Parts,
  _options: { endpoint: string; functions: Functions; failures: Failures; log: Log },
): { stop(): Promise<void> } {
  const [reader] = parts.streamReaders;
  if (reader) {
    throw new Refusal(`Streams of tables are not read locally yet; ${reader.functionArn} reads ${reader.streamArn}.`);
  }
  return { stop: async () => undefined };
}
