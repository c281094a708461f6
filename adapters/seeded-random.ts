import { createHash } from 'node:crypto';

/**
 * A source of numbers from 0 up to 1 that follow from a seed, so that a repeated request makes the same ids.
 *
 * @example
 * newId('event', at, seededRandom(`${partnerId} ${subject} ${place}`));
 */
export function seededRandom(seed: string): () => number {
  const bytes = createHash('sha512').update(seed).digest();
  let position = 0;
  return () => {
    position += 1;
    return (bytes[position % bytes.length] ?? 0) / 256;
  };
}
