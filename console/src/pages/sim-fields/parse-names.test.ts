import { expect, it } from '@jest/globals';
import { parseNames } from './parse-names.ts';

it('reads a name a line, in their order, and leaves repeated ones for the API to refuse', () => {
  expect(parseNames(' site \r\n\ncontract no.\nsite')).toEqual(['site', 'contract no.', 'site']);
  expect(parseNames('\n')).toEqual([]);
});
