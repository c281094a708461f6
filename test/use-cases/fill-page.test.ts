import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { fillPage } from '../../use-cases/fill-page.ts';

type Item = { id: string; kept: boolean };

/** A table's list: at most so many a read, fewer when the table stops early, and where it stopped unless that is the end. */
function listOf(items: readonly Item[], { stopsAfter = Number.POSITIVE_INFINITY, marksEnd = false } = {}) {
  let reads = 0;
  return {
    reads: () => reads,
    read: async (limit: number, after: string | undefined) => {
      reads += 1;
      const from = after === undefined ? 0 : items.findIndex(({ id }) => id === after) + 1;
      const page = items.slice(from, from + Math.min(limit, stopsAfter));
      const last = page.at(-1)?.id;
      // DynamoDB, stopped by the limit on the very last item, says where it stopped as well.
      const isEnd = from + page.length >= items.length && !(marksEnd && page.length === limit);
      return { items: page, ...(last === undefined || isEnd ? {} : { last }) };
    },
  };
}

const itemsOf = (kept: readonly boolean[]): Item[] =>
  kept.map((isKept, number) => ({ id: `item${String(number).padStart(5, '0')}`, kept: isKept }));

const page = (limit: number, after: string | undefined, list: ReturnType<typeof listOf>) =>
  fillPage(
    { limit, ...(after === undefined ? {} : { after }) },
    list.read,
    ({ kept }) => kept,
    ({ id }) => id,
  );

/** Every page of a list, the sizes taken in turn. */
async function pagesOf(sizes: readonly number[], list: ReturnType<typeof listOf>, most = 5000) {
  const pages: { limit: number; items: Item[] }[] = [];
  let after: string | undefined;
  do {
    const limit = sizes[pages.length % sizes.length] ?? 1;
    const { items, next } = await page(limit, after, list);
    pages.push({ limit, items });
    after = next;
  } while (after !== undefined && pages.length < most);
  return { pages, isOver: after === undefined };
}

const sizes = fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 4 });
const smallSizes = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 4 });

describe('the pages of a list', () => {
  test.each([
    ['of a small list', fc.array(fc.boolean(), { maxLength: 12 }), smallSizes],
    [
      'of a list with few matching items',
      fc.array(
        fc.nat(99).map((chance) => chance === 0),
        { maxLength: 3000, size: 'max' },
      ),
      sizes,
    ],
    [
      'of a list with mostly matching items',
      fc.array(
        fc.nat(9).map((chance) => chance > 0),
        { maxLength: 900, size: 'max' },
      ),
      sizes,
    ],
  ])('%s, whatever their sizes, have every kept item exactly once, in order', async (_what, kept, limits) => {
    const table = fc.record({
      stopsAfter: fc.constantFrom(1, 3, 70, Number.POSITIVE_INFINITY),
      marksEnd: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(kept, limits, table, async (which, limitsInTurn, behaviour) => {
        const items = itemsOf(which);
        const { pages, isOver } = await pagesOf(limitsInTurn, listOf(items, behaviour));
        expect(isOver).toBe(true);
        expect(pages.flatMap((one) => one.items)).toEqual(items.filter((item) => item.kept));
        for (const { limit, items: onPage } of pages) {
          expect(onPage.length).toBeLessThanOrEqual(limit);
        }
      }),
      { numRuns: 60 },
    );
  });

  test('are full, except the last, when nothing is filtered', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: 700 }), fc.integer({ min: 1, max: 200 }), async (count, limit) => {
        const { pages } = await pagesOf([limit], listOf(itemsOf(Array.from({ length: count }, () => true))));
        expect(pages.map(({ items }) => items.length)).toEqual([
          ...Array.from({ length: Math.max(Math.ceil(count / limit) - 1, 0) }, () => limit),
          count === 0 ? 0 : count - (Math.ceil(count / limit) - 1) * limit,
        ]);
      }),
      { numRuns: 60 },
    );
  });

  test('of an empty list are one empty page', async () => {
    expect(await page(50, undefined, listOf([]))).toEqual({ items: [] });
  });

  test('have no next page when they end with the list', async () => {
    expect(await page(3, undefined, listOf(itemsOf([true, true, true])))).not.toHaveProperty('next');
    expect(await page(3, undefined, listOf(itemsOf([true, true, true, true])))).toHaveProperty('next', 'item00002');
  });

  test('take at most five reads, however few items match: the page is then short and has a next one', async () => {
    const list = listOf(itemsOf([...Array.from({ length: 5000 }, () => false), true]));
    const { items, next } = await page(50, undefined, list);
    expect(list.reads()).toBe(5);
    expect(items).toEqual([]);
    expect(next).toBeDefined();
  });
});
