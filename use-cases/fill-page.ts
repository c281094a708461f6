/** The most reads for one page. When few items pass the filter, the page is shorter than asked and has a next one. */
const MAX_READS = 5;
const READ_SIZE = 200;

type Read<T> = { items: T[]; last?: string };

/**
 * Reads a list until a page is full, keeping the items that pass a filter.
 *
 * @param positionOf where the list continues after an item.
 */
export async function fillPage<T>(
  page: { limit: number; after?: string },
  read: (limit: number, after: string | undefined) => Promise<Read<T>>,
  keep: (item: T) => boolean,
  positionOf: (item: T) => string,
): Promise<{ items: T[]; next?: string }> {
  const items: T[] = [];
  let after = page.after;
  for (let reads = 0; reads < MAX_READS; reads += 1) {
    const { items: found, last } = await read(reads === 0 ? page.limit + 1 : READ_SIZE, after);
    for (const [place, item] of found.entries()) {
      if (!keep(item)) {
        continue;
      }
      items.push(item);
      const isLast = last === undefined && place === found.length - 1;
      if (items.length === page.limit && !isLast) {
        return { items, next: positionOf(item) };
      }
    }
    after = last;
    if (after === undefined) {
      return { items };
    }
  }
  return { items, ...(after === undefined ? {} : { next: after }) };
}
