import { expect, it } from '@jest/globals';
import { counted } from './counted.ts';

it('has the singular for one alone', () => {
  expect([0, 1, 2, '1', '1,001'].map((count) => counted(count, 'SIM'))).toEqual([
    '0 SIMs',
    '1 SIM',
    '2 SIMs',
    '1 SIM',
    '1,001 SIMs',
  ]);
});
