import * as z from 'zod/mini';
import type { AnyIdKind, Id } from './ids.ts';

/**
 * A line of text: trimmed, readable, without control characters and unpaired surrogates, `min` (default 1) to `max` characters
 * long.
 */
export function line(max: number, min = 1) {
  return readableText(max, min, /^[^\p{Cc}\p{Cs}]*$/u);
}

/** A text like `line` that may have several lines and tabs, 1 to `max` characters long. */
export function lines(max: number) {
  return readableText(max, 1, /^(?:[\n\r\t]|[^\p{Cc}\p{Cs}])*$/u);
}

/** A list of at most `count` lines, such as tags. Duplicates are removed. */
export function distinctLines(max: number, count: number) {
  return z.array(line(max)).check(
    z.maxLength(count),
    z.overwrite((given) => [...new Set(given)]),
  );
}

function readableText(max: number, min: number, allowed: RegExp) {
  return z.string().check(
    z.trim(),
    z.minLength(min),
    z.maxLength(max),
    z.regex(allowed, 'must not contain control characters'),
    z.superRefine((text, context) => {
      const message = readingProblem(text);
      if (message !== undefined) {
        context.addIssue({ code: 'custom', message, params: { code: 'unreadable' } });
      }
    }),
  );
}

/** Embeddings, overrides and isolates of the bidirectional algorithm, which can disguise a text as another one. */
const DIRECTION_CONTROL = /[\u202a-\u202e\u2066-\u2069]/;

/** A visible character. U+2800 is the Braille pattern without dots. */
const VISIBLE = /[^\p{Z}\p{Cc}\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}\u2800]/u;

/** The rule: a text that is not empty has a visible character, and reads in the order in which it is written. */
export function readingProblem(text: string): string | undefined {
  if (DIRECTION_CONTROL.test(text)) {
    return 'must not contain characters that change the text direction (U+202A to U+202E, U+2066 to U+2069)';
  }
  return text === '' || VISIBLE.test(text) ? undefined : 'must contain a visible character';
}

/** An id in a request. Whether the resource exists is checked separately. The table rejects unpaired surrogates in keys. */
export const idSchema = z
  .string()
  .check(z.minLength(1), z.maxLength(100), z.regex(/^[^\p{Cs}]*$/u, 'must not contain unpaired surrogates'));

/**
 * The same, for the ids of a kind.
 *
 * @example
 * z.strictObject({ customerId: idSchemaOf<'customer'>() })
 */
// Safe: the types of ids exist only in types.
export const idSchemaOf = <Kind extends AnyIdKind>() => idSchema as unknown as z.ZodMiniType<Id<Kind>, string>;
