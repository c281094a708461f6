import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { getOrder } from '../../adapters/dynamodb/orders.ts';
import { newCustomer } from '../../domain/customer.ts';
import { asId, asServiceId, type CustomerId, isPartnerServiceId, newId, type OrderId } from '../../domain/ids.ts';

describe('an id', () => {
  test.each([
    ['order', 'ord_'],
    ['customer', 'cus_'],
    ['customerService', 'csv_'],
    ['partnerService', 'psv_'],
    ['operation', 'op_'],
  ] as const)('of an %s starts with %s', (kind, prefix) => {
    expect(newId(kind, new Date())).toMatch(new RegExp(`^${prefix}[0-9A-HJKMNP-TV-Z]{26}$`));
  });

  test('is unique', () => {
    const at = new Date();
    expect(new Set(Array.from({ length: 1000 }, () => newId('order', at))).size).toBe(1000);
  });

  test('sorts after earlier ids', () => {
    const moment = fc.date({ min: new Date('2020-01-01'), max: new Date('2999-12-31'), noInvalidDate: true });
    fc.assert(
      fc.property(moment, moment, (one, other) => {
        fc.pre(one.getTime() !== other.getTime());
        expect(newId('order', one) < newId('order', other)).toBe(one < other);
      }),
    );
  });
});

describe('ids of different kinds', () => {
  const partnerId = asId('partner', 'acme');
  const orderId = newId('order', new Date());

  // Each call that must not compile has a comment for the compiler, which reports it when the call compiles after all.
  test('cannot be swapped', () => {
    const calls = [
      () => getOrder(partnerId, orderId),
      // @ts-expect-error: the partner comes first.
      () => getOrder(orderId, partnerId),
      // @ts-expect-error: this is the id of a customer.
      () => getOrder(partnerId, newId('customer', new Date())),
      // @ts-expect-error: so is this text.
      () => getOrder(partnerId, 'cus_1'),
      // @ts-expect-error: a text is an id only after it was read as one.
      (text: string) => getOrder(partnerId, text),
      // @ts-expect-error: this is the id of an operation.
      () => newCustomer(newId('operation', new Date()), { name: 'Meadow' }, '2026-03-02T10:30:00.000Z'),
    ];
    expect(calls).toHaveLength(6);
  });

  test('are texts: of a request, or with the prefix of their kind', () => {
    const fromText: OrderId = asId('order', 'nonsense');
    const fromPrefix: CustomerId = 'cus_1';
    expect([fromText, fromPrefix]).toEqual(['nonsense', 'cus_1']);
  });

  test('of services show their kind', () => {
    expect(['psv_1', 'csv_1', 'nonsense'].map((text) => isPartnerServiceId(asServiceId(text)))).toEqual([
      true,
      false,
      false,
    ]);
  });
});
