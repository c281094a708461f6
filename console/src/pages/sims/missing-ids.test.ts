import { expect, it } from '@jest/globals';
import { missingIds } from './missing-ids.ts';

it('names each id once that the list does not have', () => {
  expect(missingIds(['a', 'b', undefined, 'b', 'c'], [{ id: 'a' }])).toEqual(['b', 'c']);
});

it('misses nothing before the list was read', () => {
  expect(missingIds(['a'], undefined)).toEqual([]);
});
