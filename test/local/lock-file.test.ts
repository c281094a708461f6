import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { lockFile } from '../../local/lock-file.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'lock-file-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('a lock has one holder at a time', async () => {
  const file = path.join(folder, 'one');
  let holders = 0;
  const seen: number[] = [];
  await Promise.all(
    Array.from({ length: 4 }, async () => {
      const unlock = await lockFile(file, () => false);
      holders += 1;
      seen.push(holders);
      await sleep(20);
      holders -= 1;
      await unlock();
    }),
  );
  expect(seen).toEqual([1, 1, 1, 1]);
});

test('a lock is not waited for when its work is done', async () => {
  const file = path.join(folder, 'done');
  const unlock = await lockFile(file, () => false);
  await (await lockFile(file, () => true))();
  await unlock();
});

test('the lock of a process that has ended is taken over', async () => {
  const file = path.join(folder, 'dead');
  // No process has this id.
  await writeFile(file, String(2 ** 30));
  // Fresh files are kept for a moment, because their owner may still have to write its id.
  await utimes(file, 0, 0);
  await (await lockFile(file, () => false))();
});

test('a lock that cannot be created is not waited for', async () => {
  await expect(lockFile(path.join(folder, 'none', 'file'), () => false)).rejects.toThrow('ENOENT');
});
