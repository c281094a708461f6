import { expect, it } from '@jest/globals';
import { describeChange } from './describe-change.ts';

it('shows a change with the value before and after', () => {
  expect(describeChange({ field: 'name', before: 'Acme', after: 'Acme Ltd' })).toBe('name: Acme → Acme Ltd');
  expect(describeChange({ field: 'enabled', before: true, after: false })).toBe('enabled: true → false');
});

it('shows lists as lists, and an absent or empty value as a dash', () => {
  expect(describeChange({ field: 'tags', after: ['a', 'b'] })).toBe('tags: – → a, b');
  expect(describeChange({ field: 'tags', before: ['a'], after: [] })).toBe('tags: a → –');
});

it('names the field only when the journal withholds its values', () => {
  expect(describeChange({ field: 'contact', withheld: true })).toBe('contact (values are not recorded)');
});
