import type { Resource } from '../../api/client.ts';

type Customer = Resource<'Customer'>;
type Address = NonNullable<Customer['address']>;
type Contact = NonNullable<Customer['contact']>;

/** An address as it is typed. */
export type AddressDraft = { name: string; lines: string; city: string; postalCode: string; country: string };

export type ContactDraft = { name: string; email: string; phone: string };

/** A customer while the user fills in the form. */
export type CustomerDraft = {
  name: string;
  shortName: string;
  registrationNumber: string;
  contact: ContactDraft;
  contacts: readonly ContactDraft[];
  address: AddressDraft | undefined;
  delivery: AddressDraft | undefined;
  invoicing: AddressDraft | undefined;
  tags: string;
};

export const emptyContact: ContactDraft = { name: '', email: '', phone: '' };

export const emptyAddress: AddressDraft = { name: '', lines: '', city: '', postalCode: '', country: '' };

export const emptyCustomer: CustomerDraft = {
  name: '',
  shortName: '',
  registrationNumber: '',
  contact: emptyContact,
  contacts: [],
  address: undefined,
  delivery: undefined,
  invoicing: undefined,
  tags: '',
};

/** The form of an existing customer. */
export function toCustomerDraft(customer: Customer): CustomerDraft {
  const { name, shortName, registrationNumber = '', contact, contacts, address, addresses, tags } = customer;
  return {
    name,
    shortName,
    registrationNumber,
    contact: contact ? toContactDraft(contact) : emptyContact,
    contacts: contacts.map(toContactDraft),
    address: address && toAddressDraft(address),
    delivery: addresses?.delivery && toAddressDraft(addresses.delivery),
    invoicing: addresses?.invoicing && toAddressDraft(addresses.invoicing),
    tags: tags.join(', '),
  };
}

const toContactDraft = ({ name, email, phone = '' }: Contact): ContactDraft => ({ name, email, phone });

const toAddressDraft = ({ name, lines, city, postalCode, country }: Address): AddressDraft => ({
  name,
  lines: lines.join('\n'),
  city,
  postalCode,
  country,
});

/** The fields of a request. `null` stands for an empty field: a change removes it. */
function toFields(draft: CustomerDraft) {
  const { name, shortName, registrationNumber, contact, contacts, address, delivery, invoicing, tags } = draft;
  return {
    name: name.trim(),
    shortName: orNull(shortName),
    registrationNumber: orNull(registrationNumber),
    contact: isEmpty(contact) ? null : toContact(contact),
    contacts: contacts.filter((other) => !isEmpty(other)).map(toContact),
    address: address ? toAddress(address) : null,
    addresses:
      delivery || invoicing
        ? { delivery: delivery ? toAddress(delivery) : null, invoicing: invoicing ? toAddress(invoicing) : null }
        : null,
    tags: splitTags(tags),
  };
}

const orNull = (typed: string): string | null => typed.trim() || null;

const isEmpty = (contact: ContactDraft): boolean => Object.values(contact).every((value) => value.trim() === '');

const toContact = ({ name, email, phone }: ContactDraft) => ({
  name: name.trim(),
  email: email.trim(),
  phone: orNull(phone),
});

/** The typed address without surrounding spaces and empty lines. */
export const trimmedAddress = ({ name, lines, city, postalCode, country }: AddressDraft) => ({
  name: name.trim(),
  lines: lines
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== ''),
  city: city.trim(),
  postalCode: postalCode.trim(),
  country: country.trim().toUpperCase(),
});

const toAddress = (draft: AddressDraft) => ({ ...trimmedAddress(draft), postalCode: orNull(draft.postalCode) });

function splitTags(typed: string): string[] {
  const tags = typed.split(',').map((tag) => tag.trim());
  return [...new Set(tags.filter((tag) => tag !== ''))];
}

/** What a customer is created with. */
export type NewCustomer = {
  name: string;
  shortName?: string;
  registrationNumber?: string;
  contact?: Contact;
  contacts?: Contact[];
  address?: Address;
  addresses?: { delivery?: Address; invoicing?: Address };
  tags?: string[];
};

export function toNewCustomer(draft: CustomerDraft): NewCustomer {
  // Safe: without its nulls, each field has the type of the request.
  return withoutNulls(toFields(draft)) as NewCustomer;
}

/** The merge patch that makes the customer as the form has it: only the fields that the user changed. */
export function toCustomerChange(before: Customer, draft: CustomerDraft): Record<string, unknown> {
  const former: Record<string, unknown> = toFields(toCustomerDraft(before));
  const changed = Object.entries(toFields(draft)).filter(
    ([field, value]) => JSON.stringify(value) !== JSON.stringify(former[field]),
  );
  // A customer always has a short name: it cannot be removed. Lists are replaced, so that their items have no nulls.
  return Object.fromEntries(
    changed
      .filter(([field, value]) => !(field === 'shortName' && value === null))
      .map(([field, value]) => [field, field === 'contacts' ? withoutNulls(value) : value]),
  );
}

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(withoutNulls);
  }
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, part]) => part !== null)
      .map(([name, part]) => [name, withoutNulls(part)]),
  );
}
