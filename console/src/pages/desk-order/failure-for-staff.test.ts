import { expect, it } from '@jest/globals';
import { failureForStaff } from './failure-for-staff.ts';

const timeout = { code: 'delivery_timeout', detail: 'The operator did not deliver. The order can be resumed.' };

it('names the way to continue that the staff have', () => {
  expect(failureForStaff({ state: 'failed', failure: timeout })).toBe(
    'The operator did not deliver within 90 days. Redrive the order to continue it.',
  );
});

it('shows other failures as the API describes them', () => {
  const failure = { code: 'operator_rejected', detail: 'Out of stock.' };
  expect(failureForStaff({ state: 'rejected', failure })).toBe('Out of stock.');
  expect(failureForStaff({ state: 'failed', failure: { code: 'newer', detail: 'Broken.' } })).toBe('Broken.');
  expect(failureForStaff({ state: 'accepted' })).toBeUndefined();
});
