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

/**
 * The short name of a customer that was given none: its name without legal form and punctuation, cut at a word where
 * it gets longer than 20 characters.
 */
export function shortNameOf(name: string): string {
  const words = name
    .normalize('NFC')
    .replace(/\b(limited|ltd|plc|llc|llp|inc|gmbh|ag|sas|sarl|sa|bv|nv|ab|oy)\b\.?/giu, ' ')
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
  return short || (words[0] ?? '').slice(0, SHORT_NAME_LENGTH) || name.trim().slice(0, SHORT_NAME_LENGTH);
}
