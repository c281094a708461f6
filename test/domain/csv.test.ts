import { describe, expect, test } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { readCsv, writeCsv } from '../../domain/csv.ts';

describe('CSV is written', () => {
  test('with a carriage return and a line feed behind each record', () => {
    expect(
      writeCsv([
        ['a', 'b'],
        ['1', ''],
      ]),
    ).toBe('a,b\r\n1,\r\n');
  });

  test.each([
    ['a comma', 'a,b', '"a,b"'],
    ['a quote', 'a "b"', '"a ""b"""'],
    ['an end of line', 'a\r\nb', '"a\r\nb"'],
    ['a line feed', 'a\nb', '"a\nb"'],
    ['a carriage return', 'a\rb', '"a\rb"'],
  ])('with %s in quotes', (_, field, written) => {
    expect(writeCsv([[field]])).toBe(`${written}\r\n`);
  });

  test.each([' a ', '=1+1', 'é', ';', "'"])('with %j unchanged', (field) => {
    expect(writeCsv([[field]])).toBe(`${field}\r\n`);
  });
});

test('files with semicolons are read, too', () => {
  expect(readCsv('a;b\r\n"1;2";3,4\r\n;\r\n', ';')).toEqual({
    records: [
      ['a', 'b'],
      ['1;2', '3,4'],
      ['', ''],
    ],
  });
});

const anyField = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(...'a",;\r\n ') }));

test('another CSV parser reads the output', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 5 }),
      fc.array(fc.array(anyField, { minLength: 5, maxLength: 5 })),
      (width, rows) => {
        const records = rows.map((fields) => fields.slice(0, width));
        expect(parse(writeCsv(records), { record_delimiter: '\r\n' })).toEqual(records);
      },
    ),
  );
});

describe('CSV is read', () => {
  test('as it was written, whatever the fields hold', () => {
    const field = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(...'a",;\r\n ') }));
    fc.assert(
      fc.property(fc.array(fc.array(field, { minLength: 1 })), (records) => {
        expect(readCsv(writeCsv(records))).toEqual({ records });
      }),
    );
  });

  test.each([
    ['nothing', '', []],
    [
      'without an end of its last line',
      'a,b\r\n1,2',
      [
        ['a', 'b'],
        ['1', '2'],
      ],
    ],
    ['with line feeds alone', 'a\nb\n', [['a'], ['b']]],
    ['with an empty last field', 'a,', [['a', '']]],
    ['with quotes where none are needed', '"a","b"\r\n', [['a', 'b']]],
    ['with an empty line', 'a\r\n\r\n', [['a'], ['']]],
  ])('%s', (_, text, records) => {
    expect(readCsv(text)).toEqual({ records });
  });

  test.each([
    ['a quote within', 'a"b', 0],
    ['a quote that is never closed', 'a\r\n"b', 1],
    ['something behind a quote', 'a\r\nb\r\n"c"d\r\n', 2],
    ['a blank behind a quote', '"a" ,b', 0],
    ['a carriage return alone', 'a\rb', 0],
  ])('up to a record that has %s', (_, text, unreadable) => {
    expect(readCsv(text)).toEqual({ unreadable });
  });

  test('quickly, however long its fields are', () => {
    const start = performance.now();
    expect(readCsv(`"${'""'.repeat(500_000)}`)).toEqual({ unreadable: 0 });
    expect(readCsv(`"${'""'.repeat(500_000)}"`)).toEqual({ records: [['"'.repeat(500_000)]] });
    expect(performance.now() - start).toBeLessThan(5_000);
  });
});
