import { memoize } from '../../domain/memoize.ts';

/**
 * A regular expression in a form that every validator understands. JSON Schema does not define whether patterns have the `u`
 * flag, and many validators do not set it. Without it, `\p{Cc}` has another meaning or is invalid.
 *
 * The pattern of a single repeated character class is expanded, so that it accepts the same texts with and without the flag.
 *
 * @returns `undefined` when the pattern needs the flag and has another form. The document then has no pattern, rather than one
 *   that validators misread.
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

/** The ranges of the Basic Multilingual Plane that a class excludes; `undefined` if it excludes a character of another plane. */
function excludedUnits(characters: string): string | undefined {
  const acceptsAll = new RegExp(`^${characters}*$`, 'u');
  // Tests whole blocks, because testing a million characters individually takes seconds.
  for (let start = 0x10000; start <= 0x10ffff; start += BLOCK) {
    if (!acceptsAll.test(textOf(start))) {
      return undefined;
    }
  }
  const excluded: number[] = [];
  for (let start = 0; start <= 0xffff; start += BLOCK) {
    const units = Array.from({ length: BLOCK }, (_, index) => start + index).filter((unit) => !isSurrogate(unit));
    if (!acceptsAll.test(String.fromCharCode(...units))) {
      excluded.push(...units.filter((unit) => !acceptsAll.test(String.fromCharCode(unit))));
    }
  }
  const starts = excluded.filter((unit) => !excluded.includes(unit - 1));
  const ends = excluded.filter((unit) => !excluded.includes(unit + 1));
  return starts.map((start, index) => range(start, ends[index] ?? start)).join('');
}

const BLOCK = 0x100;

const textOf = (start: number) => String.fromCodePoint(...Array.from({ length: BLOCK }, (_, index) => start + index));

const range = (start: number, end: number) => (start === end ? escaped(start) : `${escaped(start)}-${escaped(end)}`);

const isSurrogate = (unit: number) => unit >= 0xd800 && unit <= 0xdfff;

const escaped = (unit: number) => `\\u${unit.toString(16).padStart(4, '0')}`;
