import { expect, it } from '@jest/globals';
import { readAll } from './read-all.ts';

it('reads a list to its last page', async () => {
  const asked: (string | undefined)[] = [];
  const pages = [{ items: [1, 2], nextCursor: 'a' }, { items: [], nextCursor: 'b' }, { items: [3] }];
  const all = await readAll<number>(async (cursor) => {
    asked.push(cursor);
    return pages[asked.length - 1] ?? { items: [] };
  });
  expect(all).toEqual([1, 2, 3]);
  expect(asked).toEqual([undefined, 'a', 'b']);
});
