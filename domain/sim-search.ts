import { normalizeMsisdn } from './delivered-sim.ts';
import type { SimFilter } from './operation.ts';
import type { Sim } from './sim.ts';

/** The numbers of a SIM that its operator or its device may change. */
export const numberFields = ['imsi', 'msisdn', 'imei'] as const satisfies readonly (keyof Sim)[];

export type NumberField = (typeof numberFields)[number];

/** The digits of an IMEI that identify the device: a check digit or the version of its software follows them. */
const IMEI_DIGITS = 14;

/** The digits by which numbers are compared. Phone numbers may have `+` and separators. */
export function comparableNumber(field: NumberField, number: string): string {
  if (field === 'msisdn') {
    return (normalizeMsisdn(number) ?? '').replace('+', '');
  }
  return field === 'imei' ? number.slice(0, IMEI_DIGITS) : number;
}

/** Tags and the start of labels are compared without regard to case. */
export const foldCase = (text: string): string => text.toLocaleLowerCase('en');

/** The number of digits at the end of an ICCID by which SIMs are found. */
export const ICCID_END = { min: 4, max: 8 };

/** One of the things that a search text can be. */
export type SearchTerm =
  | { kind: 'iccidStart'; digits: string }
  | { kind: NumberField; number: string }
  | { kind: 'iccidEnds'; digits: string }
  | { kind: 'tag'; tag: string }
  | { kind: 'label'; start: string };

/** The forms of search texts that can be numbers, without blanks and separators. */
const numberForms: Readonly<Record<NumberField, RegExp>> = {
  imsi: /^\d{14,15}$/,
  imei: /^\d{14,16}$/,
  msisdn: /^(\+|00)?[1-9]\d{6,14}$/,
};

/** What a search text can be by its form. A SIM matches the text if it matches one of them. */
export function searchTerms(q: string): SearchTerm[] {
  const compact = q.replace(/[\s-]/g, '');
  const isDigits = /^\d{1,20}$/.test(compact);
  const isEnd = isDigits && compact.length >= ICCID_END.min && compact.length <= ICCID_END.max;
  const numbers = numberFields.filter((field) => numberForms[field].test(compact));
  return [
    ...(isDigits ? [{ kind: 'iccidStart', digits: compact } as const] : []),
    ...numbers.map((kind) => ({ kind, number: compact })),
    ...(isEnd ? [{ kind: 'iccidEnds', digits: compact } as const] : []),
    { kind: 'tag', tag: q },
    { kind: 'label', start: q },
  ];
}

/** Whether a SIM is one that a search term finds. */
export function matchesTerm(sim: Sim, term: SearchTerm): boolean {
  switch (term.kind) {
    case 'iccidStart':
      return sim.iccid.startsWith(term.digits);
    case 'iccidEnds':
      return sim.iccid.endsWith(term.digits);
    case 'tag':
      return hasTag(sim, term.tag);
    case 'label':
      return sim.label !== undefined && foldCase(sim.label).startsWith(foldCase(term.start));
    default:
      return hasNumber(sim, term.kind, term.number);
  }
}

/** Whether a SIM or a customer has a tag, ignoring case. */
export function hasTag({ tags }: { tags: readonly string[] }, tag: string): boolean {
  const folded = foldCase(tag);
  return tags.some((each) => foldCase(each) === folded);
}

function hasNumber(sim: Sim, field: NumberField, number: string): boolean {
  const own = sim[field];
  return own !== undefined && comparableNumber(field, own) === comparableNumber(field, number);
}

/** Whether a SIM matches a filter: all of its fields. */
export function matchesFilter(sim: Sim, { q, tag, iccidEnds, imsi, msisdn, imei, ...equal }: SimFilter): boolean {
  const numbers = { imsi, msisdn, imei };
  return (
    (Object.keys(equal) as (keyof typeof equal)[]) // Object.keys loses the type of the keys
      .every((field) => equal[field] === undefined || sim[field] === equal[field]) &&
    numberFields.every((field) => numbers[field] === undefined || hasNumber(sim, field, numbers[field])) &&
    (iccidEnds === undefined || sim.iccid.endsWith(iccidEnds)) &&
    (tag === undefined || hasTag(sim, tag)) &&
    (q === undefined || searchTerms(q).some((term) => matchesTerm(sim, term)))
  );
}
