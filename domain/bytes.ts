/**
 * The largest number of bytes that the system counts, 9 PB. JSON clients read whole numbers exactly up to here. Sums and
 * products are capped at it, so that no total is rejected or rounded.
 */
export const MAX_BYTES = Number.MAX_SAFE_INTEGER;

/** The sum of two volumes, at most `MAX_BYTES`. The order of several additions makes no difference. */
export const addBytes = (a: number, b: number): number => Math.min(a + b, MAX_BYTES);

/** A volume multiplied by a factor, at most `MAX_BYTES`. */
export const multiplyBytes = (bytes: number, factor: number): number => Math.min(bytes * factor, MAX_BYTES);

/** The sum of volumes, at most `MAX_BYTES`. */
export const sumBytes = (volumes: Iterable<number>): number => {
  let sum = 0;
  for (const bytes of volumes) {
    sum = addBytes(sum, bytes);
  }
  return sum;
};
