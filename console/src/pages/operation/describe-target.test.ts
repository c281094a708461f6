import { expect, it } from '@jest/globals';
import { describeTarget } from './describe-target.ts';

it('links the targets of a migration, an assignment and a replacement', () => {
  expect(describeTarget({ partnerServiceId: 'psv_1' })).toEqual([
    { text: 'Partner service psv_1', link: '/partner-services/psv_1' },
  ]);
  expect(describeTarget({ customerId: 'cus_1', customerServiceId: 'csv_1' }).map(({ link }) => link)).toEqual([
    '/customers/cus_1',
    '/customer-services/csv_1',
  ]);
  expect(describeTarget({ iccid: '1', by: '2' }).map(({ link }) => link)).toEqual(['/sims/1', '/sims/2']);
});

it('names what a change of labels sets and removes', () => {
  const target = { label: null, addTags: ['north'], removeTags: [], fields: { site: 'Leeds', contract: null } };
  expect(describeTarget(target)).toEqual([
    { text: 'Label removed' },
    { text: 'Tags added: north' },
    { text: 'site: Leeds' },
    { text: 'contract removed' },
  ]);
});

it('is empty without a target', () => {
  expect(describeTarget()).toEqual([]);
});
