import type { Resource } from '../../api/client.ts';
import { Details } from '../../app/details.tsx';
import { addressLines } from '../../app/format-address.ts';
import { Time } from '../../app/time.tsx';
import * as text from '../../text/index.ts';
import type { Customer } from './queries.ts';

const words = text.customers;

/** What is stored about a customer: as the partner sees it, or as its own users do, without tags. */
export function CustomerDetails({ customer }: { customer: Customer | Resource<'OwnCustomer'> }) {
  const { none } = text.shell;
  const { shortName, registrationNumber, contact, contacts, address, addresses, createdAt, updatedAt } = customer;
  const optional = (label: string, value: Address | undefined) =>
    value ? [{ label, value: addressInLines(value) }] : [];
  return (
    <Details
      items={[
        { label: words.columns.shortName, value: shortName },
        { label: words.registrationNumber, value: registrationNumber ?? none },
        ...('tags' in customer ? [{ label: words.columns.tags, value: customer.tags.join(', ') || none }] : []),
        { label: words.contact, value: contact ? contactInLines(contact) : none },
        ...contacts.map((other, index) => ({ label: words.contactNumber(index + 2), value: contactInLines(other) })),
        { label: words.address, value: address ? addressInLines(address) : none },
        ...optional(words.delivery, addresses?.delivery),
        ...optional(words.invoicing, addresses?.invoicing),
        { label: text.forms.createdAt, value: <Time at={createdAt} /> },
        { label: text.forms.updatedAt, value: <Time at={updatedAt} /> },
      ]}
    />
  );
}

type Address = NonNullable<Customer['address']>;

function contactInLines({ name, email, phone }: NonNullable<Customer['contact']>) {
  return (
    <ul className="plain-list">
      <li>{name}</li>
      <li>{email}</li>
      {phone !== undefined && <li>{phone}</li>}
    </ul>
  );
}

function addressInLines(address: Address) {
  return (
    <ul className="plain-list">
      {addressLines(address).map((line) => (
        <li key={line}>{line}</li>
      ))}
    </ul>
  );
}
