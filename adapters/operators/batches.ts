/** Batches of distinct ICCIDs in the given order, so that the same request yields the same batches. */
export function batchesOf(iccids: readonly string[], size: number): string[][] {
  const unique = [...new Set(iccids)];
  return Array.from({ length: Math.ceil(unique.length / size) }, (_, index) =>
    unique.slice(index * size, (index + 1) * size),
  );
}
