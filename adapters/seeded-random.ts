import { createHash } from 'node:crypto';

/**
 * A deterministic source of numbers from 0 (inclusive) to 1 (exclusive), so that a repeated request creates the same ids.
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
