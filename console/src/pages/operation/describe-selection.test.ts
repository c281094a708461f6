import { expect, it } from '@jest/globals';
import { describeSelection } from './describe-selection.ts';

it('describes each kind of selection', () => {
  expect(describeSelection({ count: 12 })).toBe('12 SIMs by ICCID');
  expect(describeSelection({ count: 1 })).toBe('1 SIM by ICCID');
  expect(describeSelection({ orderId: 'ord_1' })).toBe('The SIMs of order ord_1');
  expect(describeSelection({ failedIn: 'op_1' })).toBe('The failed SIMs of operation op_1');
  expect(describeSelection({ filter: { state: 'active', operatorId: '3uk' } })).toBe(
    'SIMs that match State = Active, Operator = 3uk',
  );
});

it('calls an empty filter all SIMs', () => {
  expect(describeSelection({ filter: {} })).toBe('All SIMs');
});
