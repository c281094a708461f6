import type { Address, Contact } from './address.ts';
import type { CustomerId } from './ids.ts';

/** A customer of a partner, which uses SIMs in its devices. */
export type Customer = {
  id: CustomerId;
  name: string;
  shortName: string;
  contact?: Contact;
  address?: Address;
  tags: readonly string[];
  createdAt: string;
  updatedAt: string;
  version: number;
};

/** The fields of a new customer. */
export type CustomerDetails = {
  name: string;
  shortName?: string | undefined;
  contact?: Contact | undefined;
  address?: Address | undefined;
  tags?: readonly string[] | undefined;
};

/** A new customer. Its short name is derived from its name when omitted. */
export function newCustomer(
  id: CustomerId,
  { name, shortName = shortNameOf(name), contact, address, tags = [] }: CustomerDetails,
  at: string,
): Customer {
  return {
    id,
    name,
    shortName,
    ...(contact ? { contact } : {}),
    ...(address ? { address } : {}),
    tags,
    createdAt: at,
    updatedAt: at,
    version: 1,
  };
}

/** Whether a customer's name contains a text, ignoring case. */
export function nameContains({ name }: Pick<Customer, 'name'>, part: string): boolean {
  return name.toLocaleLowerCase('en').includes(part.toLocaleLowerCase('en'));
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
