/** Reads all pages of a list that is known to be short. */
export async function readAll<Item>(
  readPage: (cursor: string | undefined) => Promise<{ items: readonly Item[]; nextCursor?: string }>,
): Promise<Item[]> {
  const all: Item[] = [];
  let cursor: string | undefined;
  do {
    const { items, nextCursor } = await readPage(cursor);
    all.push(...items);
    cursor = nextCursor;
  } while (cursor !== undefined);
  return all;
}
