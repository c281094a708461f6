import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import type * as z from 'zod';
import { StartError } from './start-error.ts';

/** Reads a file of the data folder; returns undefined when it is missing. @throws StartError when the content is invalid */
export async function readStored<Schema extends z.ZodType>(
  file: string,
  schema: Schema,
): Promise<z.output<Schema> | undefined> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch {
    return undefined;
  }
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    throw new StartError(`${file} is damaged: remove it, or the whole data folder, to start over.`, { cause });
  }
}

/** The last write of each file, finished or not. */
const writes = new Map<string, Promise<void>>();

/**
 * Replaces a file atomically: readers see the old or the new content, never a part. Writes of the same file run in sequence. A failed
 * write, for example on a full disk, removes its temporary file.
 */
export function store(file: string, value: unknown): Promise<void> {
  const write = (writes.get(file) ?? Promise.resolve())
    .catch(() => undefined)
    .then(async () => {
      // The name is fixed: the next write overwrites the file of a killed process.
      const unfinished = `${file}.new`;
      try {
        await writeFile(unfinished, JSON.stringify(value), { mode: 0o600 });
        await rename(unfinished, file);
      } catch (error) {
        await rm(unfinished, { force: true });
        throw error;
      }
    });
  writes.set(file, write);
  return write;
}
