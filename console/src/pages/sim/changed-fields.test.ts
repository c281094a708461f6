import { expect, it } from '@jest/globals';
import { changedFields } from './changed-fields.ts';

it('sends only the fields that the user changed, and removes those that the user emptied', () => {
  expect(
    changedFields({ site: 'Leeds', contract: 'A1', old: 'x' }, { site: ' York ', contract: ' ', old: 'x' }),
  ).toEqual({
    site: 'York',
    contract: null,
  });
});

it('sends nothing for untouched fields, and for empty ones that the SIM does not have', () => {
  expect(changedFields({ site: 'Leeds' }, { site: 'Leeds ', contract: '' })).toBeUndefined();
});
