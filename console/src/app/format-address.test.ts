import { expect, it } from '@jest/globals';
import { addressLines, formatAddress } from './format-address.ts';

const address = {
  name: 'Demo Ltd',
  lines: ['1 Quay', 'Floor 2'],
  city: 'London',
  postalCode: 'E14 9GE',
  country: 'GB',
};

it('has the city and its postal code in one line', () => {
  expect(addressLines(address)).toEqual(['Demo Ltd', '1 Quay', 'Floor 2', 'London E14 9GE', 'GB']);
  expect(formatAddress(address)).toBe('Demo Ltd, 1 Quay, Floor 2, London E14 9GE, GB');
});

it('leaves out what an address does not have', () => {
  const { postalCode, ...without } = address;
  expect(formatAddress({ ...without, lines: [] })).toBe('Demo Ltd, London, GB');
  expect(formatAddress({ ...address, name: '', lines: [], postalCode: '' })).toBe('London, GB');
});
