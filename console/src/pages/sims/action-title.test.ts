import { expect, it } from '@jest/globals';
import { actionTitle } from './action-title.ts';
import type { Names } from './names.ts';

const names: Names = {
  operators: [{ id: '3uk', name: '3 UK' }],
  customers: [],
  customerServices: [],
  partnerServices: [],
  orders: [],
};

it('says how many SIMs match the filter, and the filter by its names', () => {
  const selection = { kind: 'matching', filter: { state: 'assigned', operatorId: '3uk' } } as const;
  expect(actionTitle('terminate', selection, { total: 1048, names })).toBe(
    'Terminate 1,048 SIMs: State = Assigned, Operator = 3 UK',
  );
  expect(actionTitle('terminate', selection, { total: 1, names })).toBe(
    'Terminate 1 SIM: State = Assigned, Operator = 3 UK',
  );
  expect(actionTitle('terminate', selection, { total: undefined, names })).toBe(
    'Terminate all SIMs that match: State = Assigned, Operator = 3 UK',
  );
});

it('says that all SIMs are selected without a filter', () => {
  const selection = { kind: 'matching', filter: {} } as const;
  expect(actionTitle('suspend', selection, { total: 50, names })).toBe('Suspend all 50 SIMs');
  expect(actionTitle('suspend', selection, { total: 1, names })).toBe('Suspend 1 SIM');
  expect(actionTitle('suspend', selection, { total: undefined, names })).toBe('Suspend all SIMs');
});

it('says how many SIMs were chosen', () => {
  const selection = { kind: 'listed', iccids: ['1', '2'] } as const;
  expect(actionTitle('resume', selection, { total: 2, names })).toBe('Resume 2 SIMs');
});
