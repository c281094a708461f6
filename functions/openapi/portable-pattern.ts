import { memoize } from '../../domain/memoize.ts';

/**
 * A regular expression of our own in a form that every validator reads. JSON Schema does not say whether patterns have
 * the `u` flag, and many validators do not set it: `\p{Cc}` means something else to them, or nothing.
 *
 * The pattern of one repeated class of characters is written out, and takes the same texts with the flag and without it.
 *
 * @returns `undefined` when the pattern needs the flag and has another form: better none than one that is misread
 */
export const portablePattern = memoize(writeOut);

function writeOut(pattern: string): string | undefined {
  if (!/\\[pP]\{|\\u\{/.test(pattern)) {
    return pattern;
  }
  const [, characters, times] = /^\^(\[(?:[^\]\\]|\\.)+\])([*+]|\{\d+(?:,\d*)?\})\$$/.exec(pattern) ?? [];
  if (characters === undefined || times === undefined) {
    return undefined;
  }
  const excluded = excludedUnits(characters);
  return excluded === undefined
    ? undefined
    : `^(?:[^${excluded}${SURROGATES}]|[\\ud800-\\udbff][\\udc00-\\udfff])${times}$`;
}

const SURROGATES = '\\ud800-\\udfff';

/** The ranges of the Basic Multilingual Plane that a class does not take; `undefined` unless it takes all beyond that plane. */
function excludedUnits(characters: string): string | undefined {
  const takesAll = new RegExp(`^${characters}*$`, 'u');
  // Characters are tried in blocks: one by one, a million of them take seconds.
  for (let start = 0x10000; start <= 0x10ffff; start += BLOCK) {
    if (!takesAll.test(textOf(start))) {
      return undefined;
    }
  }
  const excluded: number[] = [];
  for (let start = 0; start <= 0xffff; start += BLOCK) {
    const units = Array.from({ length: BLOCK }, (_, place) => start + place).filter((unit) => !isSurrogate(unit));
    if (!takesAll.test(String.fromCharCode(...units))) {
      excluded.push(...units.filter((unit) => !takesAll.test(String.fromCharCode(unit))));
    }
  }
  const starts = excluded.filter((unit) => !excluded.includes(unit - 1));
  const ends = excluded.filter((unit) => !excluded.includes(unit + 1));
  return starts.map((start, place) => range(start, ends[place] ?? start)).join('');
}

const BLOCK = 0x100;

const textOf = (start: number) => String.fromCodePoint(...Array.from({ length: BLOCK }, (_, place) => start + place));

const range = (start: number, end: number) => (start === end ? escaped(start) : `${escaped(start)}-${escaped(end)}`);

const isSurrogate = (unit: number) => unit >= 0xd800 && unit <= 0xdfff;

const escaped = (unit: number) => `\\u${unit.toString(16).padStart(4, '0')}`;
