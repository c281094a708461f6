/**
 * The largest number of bytes that the system counts, 9 PB: JSON clients read whole numbers exactly up to here. Sums and
 * products stop at it instead of losing digits, so that no total is ever refused or wrong by rounding.
 */
export const MAX_BYTES = Number.MAX_SAFE_INTEGER;

/** The sum of two volumes, at most `MAX_BYTES`; the order of several additions makes no difference. */
export const addBytes = (one: number, other: number): number => Math.min(one + other, MAX_BYTES);

/** A volume so many times, at most `MAX_BYTES`. */
export const timesBytes = (bytes: number, times: number): number => Math.min(bytes * times, MAX_BYTES);

/** The sum of volumes, at most `MAX_BYTES`. */
export const sumBytes = (volumes: Iterable<number>): number => {
  let sum = 0;
  for (const bytes of volumes) {
    sum = addBytes(sum, bytes);
  }
  return sum;
};
