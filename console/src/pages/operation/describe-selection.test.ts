import { expect, it } from '@jest/globals';
import type { Names } from '../sims/names.ts';
import { describeSelection } from './describe-selection.ts';

const names: Names = {
  operators: [{ id: '3uk', name: '3 UK' }],
  customers: [],
  customerServices: [],
  partnerServices: [],
  orders: [{ id: 'ord_1', name: 'PO 7' }],
};

it('describes each kind of selection', () => {
  expect(describeSelection({ count: 12 }, names)).toBe('12 SIMs by ICCID');
  expect(describeSelection({ count: 1 }, names)).toBe('1 SIM by ICCID');
  expect(describeSelection({ orderId: 'ord_1' }, names)).toBe('The SIMs of order PO 7');
  expect(describeSelection({ orderId: 'ord_2' }, names)).toBe('The SIMs of order ord_2');
  expect(describeSelection({ failedIn: 'op_1' }, names)).toBe('The failed SIMs of operation op_1');
  expect(describeSelection({ filter: { state: 'active', operatorId: '3uk' } }, names)).toBe(
    'SIMs that match State = Active, Operator = 3 UK',
  );
});

it('calls an empty filter all SIMs', () => {
  expect(describeSelection({ filter: {} }, names)).toBe('All SIMs');
});
