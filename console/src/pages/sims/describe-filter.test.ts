import { expect, it } from '@jest/globals';
import { describeFilter } from './describe-filter.ts';
import type { Names } from './names.ts';

const names: Names = {
  operators: [{ id: '3uk', name: '3 UK' }],
  customers: [{ id: 'cus_1', name: 'Harbour Pumps Ltd' }],
  customerServices: [{ id: 'csv_1', name: 'Harbour fleet' }],
  partnerServices: [{ id: 'psv_1', name: 'Meters' }],
  orders: [{ id: 'ord_1', name: 'PO 7' }],
};

it('names what a filter stands for, in the order of the list', () => {
  const filter = { orderId: 'ord_1', customerServiceId: 'csv_1', partnerServiceId: 'psv_1', customerId: 'cus_1' };
  expect(describeFilter({ ...filter, operatorId: '3uk', state: 'in_stock', tag: 'north' }, names)).toBe(
    'State = In stock, Operator = 3 UK, Customer = Harbour Pumps Ltd, Customer service = Harbour fleet, ' +
      'Partner service = Meters, Order = PO 7, Tag = north',
  );
});

it('shows the id of what was deleted or is not known yet', () => {
  expect(describeFilter({ orderId: 'ord_2', operatorId: 'a1' }, names)).toBe('Operator = a1, Order = ord_2');
});

it('is empty for all SIMs', () => {
  expect(describeFilter({}, names)).toBe('');
});
