import { createHash } from 'node:crypto';

/** The next number of a stream of random numbers, from 0 up to but not including 1. */
export type Draw = () => number;

/**
 * Creates a stream of random numbers for one kind of fault. The same seed produces the same stream, and streams are independent of
 * each other.
 */
export function drawsOf(seed: number, kind: string): Draw {
  let drawn = 0;
  return () => {
    drawn += 1;
    return createHash('sha256').update(`${seed} ${kind} ${drawn}`).digest().readUInt32BE() / 2 ** 32;
  };
}

/** Draws a number from a range. */
export function uniform(draw: Draw, [from, to]: readonly [from: number, to: number]): number {
  return from + draw() * (to - from);
}
