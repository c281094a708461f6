import { expect, it } from '@jest/globals';
import type { Names } from '../sims/names.ts';
import { describeTarget } from './describe-target.ts';

const names: Names = {
  operators: [],
  customers: [{ id: 'cus_1', name: 'Harbour Pumps Ltd' }],
  customerServices: [{ id: 'csv_1', name: 'Harbour fleet' }],
  partnerServices: [{ id: 'psv_1', name: 'Meters' }],
  orders: [],
};

it('links the targets of a migration, an assignment and a replacement', () => {
  expect(describeTarget({ partnerServiceId: 'psv_1' }, names)).toEqual([
    { text: 'Partner service Meters', link: '/partner-services/psv_1' },
  ]);
  expect(describeTarget({ customerId: 'cus_1', customerServiceId: 'csv_1' }, names)).toEqual([
    { text: 'Customer Harbour Pumps Ltd', link: '/customers/cus_1' },
    { text: 'Customer service Harbour fleet', link: '/customer-services/csv_1' },
  ]);
  expect(describeTarget({ iccid: '1', by: '2' }, names).map(({ link }) => link)).toEqual(['/sims/1', '/sims/2']);
});

it('shows the id of what was deleted', () => {
  expect(describeTarget({ partnerServiceId: 'psv_9' }, names).map((part) => part.text)).toEqual([
    'Partner service psv_9',
  ]);
});

it('names what a change of labels sets and removes', () => {
  const target = { label: null, addTags: ['north'], removeTags: [], fields: { site: 'Leeds', contract: null } };
  expect(describeTarget(target, names)).toEqual([
    { text: 'Label removed' },
    { text: 'Tags added: north' },
    { text: 'site: Leeds' },
    { text: 'contract removed' },
  ]);
});

it('is empty without a target', () => {
  expect(describeTarget(undefined, names)).toEqual([]);
});
