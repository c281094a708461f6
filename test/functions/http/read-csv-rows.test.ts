import { describe, expect, test } from '@jest/globals';
import { MAX_BODY_BYTES, type RawBody } from '../../../functions/http/input.ts';
import { readCsvRows } from '../../../functions/http/read-csv-rows.ts';
import { Refusal } from '../../../use-cases/refusal.ts';

const read = (body: string | undefined, own: Partial<RawBody> = {}) =>
  readCsvRows(
    { body, isBase64Encoded: false, contentType: 'text/csv', ...own },
    { required: ['iccid', 'bytes'], optional: [] },
  );

const problem = (code: string, message = '') =>
  expect.objectContaining({ code, message: expect.stringContaining(message) });

function errorsOf(body: string): string[] {
  try {
    read(body);
  } catch (error) {
    if (error instanceof Refusal && error.code === 'invalid_input') {
      return error.errors.map(({ pointer, code }) => `${pointer} ${code}`);
    }
    throw error;
  }
  return [];
}

describe('the rows of a body', () => {
  test('have the names of the columns, in any order', () => {
    const rows = [
      { iccid: '1', bytes: '2' },
      { iccid: '3', bytes: '4' },
    ];
    expect(read('iccid,bytes\r\n1,2\r\n3,4\r\n')).toEqual(rows);
    expect(read('\ufeffbytes,iccid\n2,1\n4,3')).toEqual(rows);
  });

  test('lack fields whose cells are empty', () => {
    expect(read('iccid,bytes\r\n,2\r\n1,""\r\n')).toEqual([{ bytes: '2' }, { iccid: '1' }]);
  });

  test('are empty with only a header row', () => {
    expect(read('iccid,bytes\r\n')).toEqual([]);
  });

  test.each(['\n', '\r\n', '\r\n\r\n', ' \n'])('may be followed by empty lines: %j', (end) => {
    expect(read(`iccid,bytes\r\n1,2\r\n${end}`)).toEqual([{ iccid: '1', bytes: '2' }]);
    expect(() => read(`iccid,bytes\r\n${end}1,2`)).toThrow(problem('invalid_csv', 'Row 2 has 1 fields'));
  });

  test.each([
    [';', '";"'],
    ['\t', 'tabs'],
    ['|', '"|"'],
  ])('with the separator %j are refused, and the separator is named', (separator, named) => {
    const body = ['iccid,bytes', '1,2'].join('\n').replaceAll(',', separator);
    expect(() => read(body)).toThrow(problem('invalid_csv', `This file uses ${named} between its columns`));
  });

  test('can be encoded in base64', () => {
    expect(read(Buffer.from('iccid,bytes\n1,2').toString('base64'), { isBase64Encoded: true })).toHaveLength(1);
  });
});

describe('columns', () => {
  test.each([
    ['that are unknown', 'iccid,bytes,a/b\r\n', ['/columns/a~1b unknown_field']],
    ['that are missing', 'bytes\r\n1\r\n', ['/columns/iccid required']],
    ['that are there twice', 'iccid,bytes,iccid\r\n', ['/columns/iccid repeated']],
    ['in other letters', 'ICCID,bytes\r\n', ['/columns/ICCID unknown_field', '/columns/iccid required']],
    ['named by JavaScript', 'iccid,bytes,__proto__\r\n1,2,3\r\n', ['/columns/__proto__ unknown_field']],
    ['without a name', 'iccid,bytes,\r\n', ['/columns/ unknown_field']],
  ])('%s are reported', (_, body, errors) => {
    expect(errorsOf(body)).toEqual(errors);
  });

  test('that are unknown are reported, up to fifty', () => {
    expect(errorsOf('x,'.repeat(1_000))).toHaveLength(50);
  });
});

describe('a body', () => {
  test.each([undefined, ''])('that is %j is not CSV', (body) => {
    expect(() => read(body)).toThrow(problem('invalid_csv', 'iccid,bytes'));
  });

  test.each([
    ['iccid,bytes\r\n1,2\r\n3\r\n', 'Row 3 has 1 fields, but the header row has 2.'],
    ['iccid,bytes\r\n1,2,3\r\n', 'Row 2 has 3 fields'],
    ['iccid,bytes\r\n1,2\r\n"3,4\r\n', 'from row 3 on'],
    ['iccid","bytes\r\n', 'from the header row on'],
  ])('%j is not CSV, and the error has the position', (body, where) => {
    expect(() => read(body)).toThrow(problem('invalid_csv', where));
  });

  test('not in UTF-8 is not CSV', () => {
    const body = Buffer.from('iccid,bytes\r\né,1\r\n', 'latin1').toString('base64');
    expect(() => read(body, { isBase64Encoded: true })).toThrow(problem('invalid_encoding', 'UTF-8'));
    expect(() => read('iccid,bytes\n\ufffd,1')).toThrow(problem('invalid_encoding', 'character 13'));
  });

  test.each([undefined, 'application/json', 'text/plain', 'text/csvx'])('of the type %j is refused', (contentType) => {
    expect(() => read('iccid,bytes\r\n', { contentType })).toThrow(problem('unsupported_media_type', 'Send text/csv'));
  });

  test.each(['text/csv; charset=utf-8', 'TEXT/CSV;header=present'])('of the type %j is accepted', (contentType) => {
    expect(read('iccid,bytes\r\n', { contentType })).toEqual([]);
  });

  test('has at most 1 MiB', () => {
    expect(() => read('x'.repeat(MAX_BODY_BYTES + 1))).toThrow(problem('body_too_large'));
  });
});
