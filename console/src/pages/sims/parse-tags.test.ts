import { expect, it } from '@jest/globals';
import { parseTags } from './parse-tags.ts';

it('reads tags as they are typed', () => {
  expect(parseTags(' north, outdoor ,,north')).toEqual(['north', 'outdoor']);
  expect(parseTags('')).toEqual([]);
});
