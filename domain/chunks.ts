/**
 * Cuts a list, in its order, into chunks that fit, each as long as can be. An item alone is a chunk even if it does not fit.
 *
 * @param keysOf what an item needs room for beside itself; what several items of a chunk share counts once.
 * @param fits whether a chunk may have so many items and different keys.
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
