import { expect, it } from '@jest/globals';
import { errorText, pageOfWork } from './describe-work.ts';

it('leads to the page of an order of a partner and of an operator, as others have none for the wholesaler', () => {
  expect(pageOfWork({ kind: 'order', subject: 'ord_1', partnerId: 'acme' })).toBe('/desk/orders/acme/ord_1');
  expect(pageOfWork({ kind: 'usage', subject: 'a1' })).toBe('/platform/operators/a1');
  expect(pageOfWork({ kind: 'order', subject: 'ord_1' })).toBeUndefined();
  expect(pageOfWork({ kind: 'operation', subject: 'op_1', partnerId: 'acme' })).toBeUndefined();
});

it('puts the code of an error into words, also where nothing follows it', () => {
  expect(errorText('delivery_timeout: ')).toBe('The operator did not deliver within 90 days');
  expect(errorText('delivery_timeout:')).toBe('The operator did not deliver within 90 days');
  expect(errorText('operator_unavailable: a1 is busy')).toBe('The operator could not be reached: a1 is busy');
});

it('shows other errors as they are', () => {
  expect(errorText('Error: broken')).toBe('Error: broken');
  expect(errorText('newer_code: broken')).toBe('newer_code: broken');
});
