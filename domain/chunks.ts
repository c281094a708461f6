/**
 * Divides a list into consecutive chunks that fit, each as long as possible. An item that does not fit is a chunk of its own.
 *
 * @param keysOf the keys that an item also takes room for; a key that several items of a chunk share counts once.
 * @param fits whether a chunk can have this number of items and distinct keys.
 */
export function chunksThatFit<Item>(
  items: readonly Item[],
  keysOf: (item: Item) => Iterable<string>,
  fits: (items: number, keys: number) => boolean,
): Item[][] {
  const chunks: Item[][] = [];
  let keys = new Set<string>();
  for (const item of items) {
    const chunk = chunks.at(-1);
    const added = [...keysOf(item)].filter((key) => !keys.has(key));
    if (chunk && fits(chunk.length + 1, keys.size + new Set(added).size)) {
      chunk.push(item);
      for (const key of added) {
        keys.add(key);
      }
    } else {
      chunks.push([item]);
      keys = new Set(keysOf(item));
    }
  }
  return chunks;
}
