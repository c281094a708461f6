import type { Address, Contact } from './address.ts';

/** Whom a partner serves: puts SIMs into devices. */
export type Customer = {
  id: string;
  name: string;
  shortName: string;
  contact?: Contact;
  address?: Address;
  tags: readonly string[];
  createdAt: string;
  updatedAt: string;
  version: number;
};

const SHORT_NAME_LENGTH = 20;

const LEGAL_FORMS = 'limited|ltd|plc|llc|llp|inc|gmbh|ag|sas|sarl|sa|bv|nv|ab|oy';

/** A legal form as a word of its own, whatever the script of the letters round it. */
const legalForm = new RegExp(`(?<![\\p{L}\\p{N}])(${LEGAL_FORMS})(?![\\p{L}\\p{N}])\\.?`, 'giu');

/**
 * The short name of a customer that was given none: its name without legal form and punctuation, cut at a word where
 * it gets longer than 20 characters.
 */
export function shortNameOf(name: string): string {
  const words = name
    .normalize('NFC')
    .replace(legalForm, ' ')
    .replace(/[^\p{L}\p{N}&+-]+/gu, ' ')
    .trim()
    .split(' ');
  let short = '';
  for (const word of words) {
    const longer = short ? `${short} ${word}` : word;
    if (longer.length > SHORT_NAME_LENGTH) {
      break;
    }
    short = longer;
  }
  return short || cut(words[0] ?? '') || cut(name.trim());
}

/** The start of a text, never in the middle of a character. */
function cut(text: string): string {
  let start = '';
  for (const character of text) {
    if (start.length + character.length > SHORT_NAME_LENGTH) {
      break;
    }
    start += character;
  }
  return start.trim();
}
