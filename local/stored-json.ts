import { randomUUID } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import type * as z from 'zod';
import { Refusal } from './refusal.ts';

/** Reads a file of the data folder; undefined when it is not there. Throws a `Refusal` when it is not as it should be. */
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
    throw new Refusal(`${file} is damaged: remove it, or the whole data folder, to start anew.`, { cause });
  }
}

/** Replaces the file in one step: whoever reads it sees the old or the new one, whole. */
export async function store(file: string, value: unknown): Promise<void> {
  const unfinished = `${file}.${randomUUID()}`;
  await writeFile(unfinished, JSON.stringify(value), { mode: 0o600 });
  await rename(unfinished, file);
}
