import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { chunksThatFit } from '../../domain/chunks.ts';

const items = fc.array(fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'), { maxLength: 4 }), { maxLength: 30 });
const atMost = (items_: number, keys: number) => items_ + keys <= 7;

describe('chunks', () => {
  test('contain every item once, in order, and each chunk fits', () => {
    fc.assert(
      fc.property(items, (list) => {
        const chunks = chunksThatFit(list, (keys) => keys, atMost);
        expect(chunks.flat()).toEqual(list);
        for (const chunk of chunks) {
          expect(atMost(chunk.length, new Set(chunk.flat()).size) || chunk.length === 1).toBe(true);
        }
      }),
    );
  });

  test('are as long as possible', () => {
    expect(chunksThatFit([1, 2, 3, 4, 5], String, (count) => count <= 2)).toEqual([[1, 2], [3, 4], [5]]);
    expect(chunksThatFit([], String, () => true)).toEqual([]);
  });

  test('share room among items with the same key', () => {
    const sameService = Array.from({ length: 250 }, () => 'csv_1');
    expect(
      chunksThatFit(
        sameService,
        (id) => [id],
        (_count, keys) => keys <= 97,
      ),
    ).toHaveLength(1);
  });
});
