import { describe, expect, it } from '@jest/globals';
import {
  type CustomerDraft,
  emptyAddress,
  emptyContact,
  emptyCustomer,
  toCustomerChange,
  toCustomerDraft,
  toNewCustomer,
} from './customer-draft.ts';

const office = { name: 'Northwind', lines: ['1 Quay', 'Floor 2'], city: 'Cork', postalCode: '', country: 'IE' };

const customer = {
  id: 'cus_1',
  name: 'Northwind Meters Ltd',
  shortName: 'Northwind',
  contact: { name: 'Nora', email: 'nora@northwind.example', phone: '+353 1' },
  contacts: [],
  address: office,
  tags: ['water', 'cork'],
  createdAt: '2026-11-01T00:00:00.000Z',
  updatedAt: '2026-11-01T00:00:00.000Z',
  version: 1,
};

const change = (edit: Partial<CustomerDraft>) => toCustomerChange(customer, { ...toCustomerDraft(customer), ...edit });

describe('a new customer', () => {
  it('needs a name alone', () => {
    expect(toNewCustomer({ ...emptyCustomer, name: ' Acme ' })).toEqual({ name: 'Acme', contacts: [], tags: [] });
  });

  it('has each typed line of an address, each tag once, and no empty contacts', () => {
    const draft: CustomerDraft = {
      ...emptyCustomer,
      name: 'Acme',
      address: { ...emptyAddress, name: 'Acme', lines: '1 Quay\n\n Floor 2 ', city: 'Cork', country: 'ie' },
      contacts: [emptyContact, { name: 'Ada', email: 'ada@acme.example', phone: '' }],
      tags: 'a, b,, a',
    };
    expect(toNewCustomer(draft)).toEqual({
      name: 'Acme',
      address: { name: 'Acme', lines: ['1 Quay', 'Floor 2'], city: 'Cork', country: 'IE' },
      contacts: [{ name: 'Ada', email: 'ada@acme.example' }],
      tags: ['a', 'b'],
    });
  });
});

describe('a change', () => {
  it('is empty when the form is as the customer is', () => {
    expect(change({})).toEqual({});
  });

  it('has only what was changed', () => {
    expect(change({ name: 'Northwind Ltd', tags: 'water' })).toEqual({ name: 'Northwind Ltd', tags: ['water'] });
  });

  it('removes with null what was emptied, but never the short name', () => {
    expect(change({ contact: emptyContact, address: undefined, shortName: '' })).toEqual({
      contact: null,
      address: null,
    });
    expect(change({ contact: { ...toCustomerDraft(customer).contact, phone: '' } })).toEqual({
      contact: { name: 'Nora', email: 'nora@northwind.example', phone: null },
    });
  });

  it('has both further addresses, so that one of them can be removed', () => {
    const delivery = { ...emptyAddress, name: 'Depot', lines: '2 Quay', city: 'Cork', country: 'IE' };
    expect(change({ delivery })).toEqual({
      addresses: {
        delivery: { name: 'Depot', lines: ['2 Quay'], city: 'Cork', postalCode: null, country: 'IE' },
        invoicing: null,
      },
    });
  });

  it('replaces the further contacts, which cannot have nulls', () => {
    expect(change({ contacts: [{ name: 'Ada', email: 'ada@acme.example', phone: '' }] })).toEqual({
      contacts: [{ name: 'Ada', email: 'ada@acme.example' }],
    });
  });
});
