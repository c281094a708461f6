import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readListCell, writeListCell } from '../../domain/list-cell.ts';

test.each([
  ['', []],
  ['north', ['north']],
  ['north; south ;', ['north', 'south']],
  ['a\\;b;c\\\\', ['a;b', 'c\\']],
  ['C:\\x', ['C:\\x']],
])('the cell %j holds %j', (cell, texts) => {
  expect(readListCell(cell)).toEqual(texts);
});

test('every list of texts can be written and read back', () => {
  const text = fc
    .string({ unit: 'grapheme' })
    .map((any) => any.trim())
    .filter((any) => any !== '');
  fc.assert(fc.property(fc.array(text), (texts) => expect(readListCell(writeListCell(texts))).toEqual(texts)));
});
