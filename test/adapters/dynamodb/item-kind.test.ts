import { describe, expect, test } from '@jest/globals';
import { itemKind } from '../../../adapters/dynamodb/item-kind.ts';
import { asId } from '../../../domain/ids.ts';

const orderEvent = itemKind('P#{partnerId}#ORD#{orderId}', 'EVT#{version:padded}#{line:number}');
const order = { partnerId: asId('partner', 'acme'), orderId: 'ord_1' } as const;
const values = { ...order, version: 2, line: 10 };
const key = { pk: 'P#acme#ORD#ord_1', sk: 'EVT#00000002#10' };

describe('a kind of item', () => {
  test('builds a key from the values of its placeholders', () => {
    expect(orderEvent.key(values)).toEqual(key);
    expect(orderEvent.sk({ version: 2, line: 10 })).toBe(key.sk);
  });

  test('parses the values of a key', () => {
    expect(orderEvent.parse(key)).toEqual(values);
  });

  test('has the beginning of its sort keys', () => {
    expect(orderEvent.skPrefix).toBe('EVT#');
    expect(itemKind('SYSTEM', 'CURSOR_SECRET').skPrefix).toBe('CURSOR_SECRET');
  });

  test('has a range of all items in a partition, which values of the sort key narrow', () => {
    const partition = 'P#acme#ORD#ord_1';
    expect(orderEvent.range(order)).toEqual({ partition, prefix: 'EVT#' });
    expect(orderEvent.range({ ...order, version: 2 })).toEqual({ partition, prefix: 'EVT#00000002#' });
    expect(orderEvent.range(values)).toEqual({ partition, prefix: key.sk });
    // The line is of no use without the version that precedes it.
    expect(orderEvent.range({ ...order, line: 10 })).toEqual({ partition, prefix: 'EVT#' });
  });

  test.each([
    ['another partition', { ...key, pk: 'P#acme#OP#op_1' }],
    ['a longer partition', { ...key, pk: `${key.pk}#more` }],
    ['another sort key', { ...key, sk: 'PAGE#00000002' }],
    ['a longer sort key', { ...key, sk: `${key.sk}#more` }],
    ['a text for a number', { ...key, sk: 'EVT#00000002#x' }],
    ['an empty value', { pk: 'P##ORD#ord_1', sk: key.sk }],
  ])('does not match a key with %s', (_, other) => {
    expect(orderEvent.matches(key)).toBe(true);
    expect(orderEvent.matches(other)).toBe(false);
    expect(orderEvent.parse(other)).toBeUndefined();
  });

  test('has `#` in values only where the template permits it', () => {
    const entry = itemKind('JOURNAL', '{position:rest}');
    const position = '2026-03-02T10:00:00.000Z#req_1';
    expect(entry.parse(entry.key({ position }))).toEqual({ position });
    expect(itemKind('JOURNAL', '{position}').parse({ pk: 'JOURNAL', sk: position })).toBeUndefined();
  });

  test.each([
    ['PLATFORM#JOURNAL', 'platform'],
    ['P#acme#JOURNAL', { partnerId: asId('partner', 'acme') }],
  ] as const)('converts a tenant: %s', (pk, tenant) => {
    const journal = itemKind('{tenant:tenant}#JOURNAL', 'ENTRY');
    expect(journal.key({ tenant })).toEqual({ pk, sk: 'ENTRY' });
    expect(journal.parse({ pk, sk: 'ENTRY' })).toEqual({ tenant });
  });
});
