import { expect, it } from '@jest/globals';
import { isPropertyShown } from './shown-properties.ts';

const properties = ['state', 'operatorId', 'customerId', 'customerServiceId', 'partnerServiceId', 'orderId', 'tag'];

it('hides ids whose names the user may not read', () => {
  const ofCustomer = properties.filter((property) => isPropertyShown(property, () => false));
  expect(ofCustomer).toEqual(['state', 'customerServiceId', 'tag']);
  expect(properties.filter((property) => isPropertyShown(property, () => true))).toEqual(properties);
});
