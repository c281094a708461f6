import { describe, expect, test } from '@jest/globals';
import { itemKinds } from '../../../adapters/dynamodb/item-kinds.ts';
import { upgradeChain, upgradeItem, withShapeNumber } from '../../../adapters/dynamodb/item-shapes.ts';
import { asId } from '../../../domain/ids.ts';

describe('the shape of an item', () => {
  // A kind of three shapes, as there will be.
  const chain = upgradeChain({
    customer: [
      (item) => ({ ...item, tags: item.tags ?? [] }),
      (item) => ({ ...item, contacts: item.contact === undefined ? [] : [item.contact] }),
    ],
  });
  const key = itemKinds.customer.key({ partnerId: asId('partner', 'acme'), id: 'cus_1' });

  test('is the first one without a number, and each later shape is derived from its predecessor', () => {
    expect(chain.upgradeItem({ ...key, contact: 'Ada' })).toEqual({
      ...key,
      tags: [],
      contact: 'Ada',
      contacts: ['Ada'],
    });
  });

  test('is upgraded from its present shape', () => {
    expect(chain.upgradeItem({ ...key, v: 2, contact: 'Ada' })).toEqual({ ...key, contact: 'Ada', contacts: ['Ada'] });
    expect(chain.upgradeItem({ ...key, v: 3, contacts: [] })).toEqual({ ...key, contacts: [] });
  });

  test('is numbered when it is written, except the first shape, which costs no byte', () => {
    expect(chain.withShapeNumber({ ...key, tags: [] })).toEqual({ ...key, tags: [], v: 3 });
    const order = itemKinds.order.key({ partnerId: asId('partner', 'acme'), id: 'ord_1' });
    expect(chain.withShapeNumber(order)).toEqual(order);
  });

  test('of a later release is not changed', () => {
    expect(chain.upgradeItem({ ...key, v: 4, more: 1 })).toEqual({ ...key, more: 1 });
  });
});

test('a partner service that never had a SIM has none', () => {
  const key = itemKinds.partnerService.key({ partnerId: asId('partner', 'acme'), id: 'psv_1' });

  expect(upgradeItem({ ...key, name: 'Meters' })).toEqual({ ...key, name: 'Meters', sims: 0 });
  expect(upgradeItem({ ...key, name: 'Meters', sims: 7 })).toEqual({ ...key, name: 'Meters', sims: 7 });
  expect(withShapeNumber({ ...key, sims: 0 })).toEqual({ ...key, sims: 0, v: 2 });
});
