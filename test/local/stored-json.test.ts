import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { explainSystemError, StartError } from '../../local/start-error.ts';
import { readStored, store } from '../../local/stored-json.ts';

let folder: string;
const file = () => path.join(folder, 'clock.json');
const schema = z.object({ n: z.number() });

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'stored-json-test-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('a stored file', () => {
  test('contains the last of many concurrent writes, and leaves no temporary file', async () => {
    await Promise.all(Array.from({ length: 20 }, (_, n) => store(file(), { n })));
    expect(await readStored(file(), schema)).toEqual({ n: 19 });
    expect(await readdir(folder)).toEqual(['clock.json']);
  });

  test('leaves no temporary file when it cannot be replaced, and the next write works', async () => {
    await mkdir(file());
    await writeFile(path.join(file(), 'in the way'), '');
    await expect(store(file(), { n: 1 })).rejects.toThrow();
    expect(await readdir(folder)).toEqual(['clock.json']);
    await rm(file(), { recursive: true });
    await store(file(), { n: 2 });
    expect(await readStored(file(), schema)).toEqual({ n: 2 });
  });

  test('that is damaged is refused by name', async () => {
    await writeFile(file(), '{');
    await expect(readStored(file(), schema)).rejects.toThrow(StartError);
  });
});

describe('a system error', () => {
  const systemError = (code: string, message: string) => Object.assign(new Error(message), { code });

  test('of a full disk is explained with what to do', () => {
    const explained = /disk is full: free some space, or set DATA_DIR/;
    expect(explainSystemError(systemError('ENOSPC', 'no space left on device, write'))).toMatch(explained);
    expect(explainSystemError(systemError('ERR_SQLITE_ERROR', 'database or disk is full'))).toMatch(explained);
  });

  test('of any other kind is not explained', () => {
    expect(explainSystemError(systemError('ECONNRESET', 'reset'))).toBeUndefined();
    expect(explainSystemError(new Error('plain'))).toBeUndefined();
  });
});
