import type { Address, Contact } from './address.ts';
import type { CustomerId } from './ids.ts';
import type { SimState } from './sim.ts';
import { hasTag } from './sim-search.ts';

/** A customer of a partner, which uses SIMs in its devices. */
export type Customer = {
  id: CustomerId;
  name: string;
  shortName: string;
  /** In the register of companies of its country. */
  registrationNumber?: string;
  contact?: Contact;
  address?: Address;
  addresses?: CustomerAddresses;
  /** Absent on customers of earlier releases. */
  contacts?: readonly Contact[];
  tags: readonly string[];
  createdAt: string;
  updatedAt: string;
  version: number;
};

/** Where deliveries and invoices go. `address` is the postal address. */
export type CustomerAddresses = { delivery?: Address | undefined; invoicing?: Address | undefined };

export const MAX_CONTACTS = 10;

/** The fields of a new customer. */
export type CustomerDetails = {
  name: string;
  shortName?: string | undefined;
  registrationNumber?: string | undefined;
  contact?: Contact | undefined;
  address?: Address | undefined;
  addresses?: CustomerAddresses | undefined;
  contacts?: readonly Contact[] | undefined;
  tags?: readonly string[] | undefined;
};

/** A new customer. Its short name is derived from its name when omitted. */
export function newCustomer(id: CustomerId, details: CustomerDetails, at: string): Customer {
  const { name, shortName = shortNameOf(name), registrationNumber, contact, address, addresses } = details;
  const { contacts = [], tags = [] } = details;
  return {
    id,
    name,
    shortName,
    ...(registrationNumber === undefined ? {} : { registrationNumber }),
    ...(contact ? { contact } : {}),
    ...(address ? { address } : {}),
    ...(addresses ? { addresses } : {}),
    contacts,
    tags,
    createdAt: at,
    updatedAt: at,
    version: 1,
  };
}

/** A customer was deleted. */
export type CustomerEvent = { type: 'customer.deleted'; at: string; customerId: CustomerId; name: string };

/** The event of a customer's deletion. */
export function deletionOf({ id, name }: Pick<Customer, 'id' | 'name'>, at: string): CustomerEvent {
  return { type: 'customer.deleted', at, customerId: id, name };
}

/**
 * Why a customer cannot be deleted with its services.
 *
 * @param sims the number of SIMs on the services. 0 while an operation is adding the first ones.
 * @param counts the numbers of SIMs by state. They can lag behind.
 * @param isComplete whether all SIMs were counted.
 */
export function servicesInUseDetail(sims: number, counts: ReadonlyMap<SimState, number>, isComplete: boolean): string {
  if (sims === 0) {
    return 'An operation is assigning SIMs to a service of the customer. Wait until it has finished.';
  }
  const states = [...counts].map(([state, count]) => `${count} ${state}`).join(', ');
  const byState = states === '' ? '' : isComplete ? ` (${states})` : ` (at least ${states})`;
  return `The services of the customer still have ${sims} ${sims === 1 ? 'SIM' : 'SIMs'}${byState}. Unassign or terminate them first.`;
}

/** The filters of a list of customers: a part of the name and a tag, both ignoring case. */
export type CustomerFilter = { q?: string | undefined; tag?: string | undefined };

/** Whether a customer matches all filters. */
export function matchesCustomerFilter(
  { name, tags }: Pick<Customer, 'name' | 'tags'>,
  { q, tag }: CustomerFilter,
): boolean {
  return (
    (q === undefined || name.toLocaleLowerCase('en').includes(q.toLocaleLowerCase('en'))) &&
    (tag === undefined || hasTag({ tags }, tag))
  );
}

const MAX_SHORT_NAME_LENGTH = 20;

const LEGAL_FORMS = 'limited ltd plc llc llp inc gmbh kg ag se sas sarl sa srl spa bv nv ab as oy oyj aps'.split(' ');

/** With or without dots: "S.A." is "SA". */
const legalForms = LEGAL_FORMS.map((form) => [...form].join('\\.?')).join('|');

/** A legal form as the last word of a name, perhaps before a parenthesis, as in "Acme Ltd (UK)". */
const legalForm = new RegExp(`[\\s,]+(?:${legalForms}|gmbh\\s*&\\s*co\\.?(?:\\s*kg)?)\\.?(?=\\s*(?:\\(|$))`, 'iu');

/**
 * A word: letters with their combining marks, digits, a few signs, the joiners that many scripts need, and an apostrophe or
 * dot between letters.
 */
const WORD = /(?:[\p{L}\p{M}\p{N}&+\-\u200c\u200d]|(?<=[\p{L}\p{M}])['’.](?=\p{L}))+/gu;

/** Joiners at the start or end of a word, where they have no effect. */
const STRAY_JOINER = /^[\u200c\u200d]+|[\u200c\u200d]+$/g;

/**
 * The default short name of a customer: its name without punctuation and a trailing legal form, cut between words to at
 * most 20 characters.
 */
export function shortNameOf(name: string): string {
  const plain = name.normalize('NFC').trim();
  const words = withoutLegalForm(plain).match(WORD) ?? [];
  let short = '';
  for (const word of words.map((each) => each.replace(STRAY_JOINER, '')).filter(Boolean)) {
    const longer = short ? `${short} ${word}` : word;
    if (longer.length > MAX_SHORT_NAME_LENGTH) {
      return short || cut(word);
    }
    short = longer;
  }
  return short || cut(plain);
}

/** A name that consists only of a legal form keeps it. */
function withoutLegalForm(name: string): string {
  const short = name.replace(legalForm, '');
  return short === name ? name : withoutLegalForm(short);
}

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** The start of a text, cut between grapheme clusters. */
function cut(text: string): string {
  let start = '';
  for (const { segment } of graphemes.segment(text)) {
    if (start.length + segment.length > MAX_SHORT_NAME_LENGTH) {
      break;
    }
    start += segment;
  }
  // The first character alone can exceed the limit, with stacked accents for example.
  return start.trim() || text.slice(0, MAX_SHORT_NAME_LENGTH).toWellFormed().trim();
}
