import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { prefersCsv } from '../../../functions/http/accept.ts';

describe('CSV is preferred', () => {
  test.each([
    'text/csv',
    'TEXT/CSV',
    ' text/csv ; charset=utf-8; header=present',
    'text/*',
    'text/csv, application/json;q=0.9',
    'application/json;q=0.9, text/csv',
    'text/csv;q=0.5, */*;q=0.1',
    'text/csv; q=0.001, application/json; q=0',
    // As much, and named more closely.
    'text/csv, */*',
    'text/csv;q=0.5, */*;q=0.5',
    'text/csv, application/*',
    '*/*;q=0.8, application/json;q=0.2, text/csv;q=0.3',
  ])('by %j', (accept) => {
    expect(prefersCsv(accept)).toBe(true);
  });
});

describe('JSON stays', () => {
  test.each([
    undefined,
    '',
    '*/*',
    'application/json',
    'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
    'application/json, text/csv',
    'text/csv, application/json',
    'application/json, text/plain, */*',
    'text/csv;q=0.4, application/json;q=0.5',
    // The closest range says, whatever the others do.
    'text/*, text/csv;q=0',
    'text/csv;q=0',
    'text/csv;q=0, */*;q=0',
    'text/csv;q=0.3, */*',
    // No weights.
    'text/csv;q=2',
    'text/csv;q=0.1234, application/json;q=0.1',
    'text/csv;q=, */*',
    'text/csv-schema',
    'application/csv',
    'csv',
  ])('by %j', (accept) => {
    expect(prefersCsv(accept)).toBe(false);
  });
});

test('any Accept header is understood', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (accept) => expect([true, false]).toContain(prefersCsv(accept))),
  );
});
