/** The maximum number of reads for one page. If few items pass the filter, a page can be short and still have a next one. */
const MAX_READS = 5;
const READ_SIZE = 200;

/** The requested page of a list: its size, and the position after which it starts. */
export type PageRequest = { limit: number; after?: string };

type Read<T> = { items: T[]; last?: string };

/**
 * Reads a list until a page is full of items that pass a filter.
 *
 * @param positionOf the position from which the list continues after an item.
 */
export async function fillPage<T>(
  page: PageRequest,
  read: (limit: number, after: string | undefined) => Promise<Read<T>>,
  matches: (item: T) => boolean,
  positionOf: (item: T) => string,
): Promise<{ items: T[]; next?: string }> {
  const items: T[] = [];
  let after = page.after;
  for (let reads = 0; reads < MAX_READS; reads += 1) {
    const { items: found, last } = await read(reads === 0 ? page.limit + 1 : READ_SIZE, after);
    for (const [index, item] of found.entries()) {
      if (!matches(item)) {
        continue;
      }
      items.push(item);
      const isLast = last === undefined && index === found.length - 1;
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
