import { describe, expect, test } from '@jest/globals';
import { isOfKind, itemKinds, kindOf } from '../../../adapters/dynamodb/item-kinds.ts';
import { upgradeChain, upgradeItem, withShapeNumber } from '../../../adapters/dynamodb/item-shapes.ts';

describe('the shape of an item', () => {
  // A kind of three shapes, as there will be.
  const chain = upgradeChain({
    customer: [
      (item) => ({ ...item, tags: item.tags ?? [] }),
      (item) => ({ ...item, contacts: item.contact === undefined ? [] : [item.contact] }),
    ],
  });
  const key = { pk: 'P#acme', sk: 'CUS#cus_1' };

  test('is the first one when it has no number, and every later one comes from the one before', () => {
    expect(chain.upgradeItem({ ...key, contact: 'Ada' })).toEqual({
      ...key,
      tags: [],
      contact: 'Ada',
      contacts: ['Ada'],
    });
  });

  test('is upgraded from where it is', () => {
    expect(chain.upgradeItem({ ...key, v: 2, contact: 'Ada' })).toEqual({ ...key, contact: 'Ada', contacts: ['Ada'] });
    expect(chain.upgradeItem({ ...key, v: 3, contacts: [] })).toEqual({ ...key, contacts: [] });
  });

  test('is numbered when it is written, but the first one, which costs no byte', () => {
    expect(chain.withShapeNumber({ ...key, tags: [] })).toEqual({ ...key, tags: [], v: 3 });
    expect(chain.withShapeNumber({ pk: 'P#acme', sk: 'ORD#ord_1' })).toEqual({ pk: 'P#acme', sk: 'ORD#ord_1' });
  });

  test('of a later release is taken as it is', () => {
    expect(chain.upgradeItem({ ...key, v: 4, more: 1 })).toEqual({ ...key, more: 1 });
  });
});

test('a partner service that never had a SIM has none', () => {
  const key = { pk: 'P#acme', sk: 'PSV#psv_1' };

  expect(upgradeItem({ ...key, name: 'Meters' })).toEqual({ ...key, name: 'Meters', sims: 0 });
  expect(upgradeItem({ ...key, name: 'Meters', sims: 7 })).toEqual({ ...key, name: 'Meters', sims: 7 });
  expect(withShapeNumber({ ...key, sims: 0 })).toEqual({ ...key, sims: 0, v: 2 });
});

describe('the kind of an item', () => {
  test.each([
    ['P#acme', 'ORD#ord_1', 'order'],
    ['P#acme#ORD#ord_1', 'EVT#00000001#0', 'orderEvent'],
    ['P#acme#ALM#alm_1', 'EVT#2026-11#8944', 'alarmFiring'],
    ['P#acme#CUS#cus_1', 'NAME#abc', 'serviceName'],
    ['P#acme#SIM#7', '8944200000000000001', 'sim'],
    ['PLATFORM#JOURNAL', '2026-11-25T00:00:00.000Z#id', 'journalEntry'],
  ])('of %s, %s is %s, and no other', (pk, sk, kind) => {
    expect(kindOf({ pk, sk })).toBe(kind);
    expect(Object.keys(itemKinds).filter((one) => isOfKind(one as keyof typeof itemKinds, { pk, sk }))).toEqual([kind]);
  });

  test('is undefined for an unknown key', () => {
    expect(kindOf({ pk: 'P#acme', sk: 'WHAT#1' })).toBeUndefined();
  });
});
