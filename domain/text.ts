import * as z from 'zod/mini';

/**
 * A line of text for people: trimmed, readable, without control characters and halves of characters, `min` (1 when left
 * out) to `max` characters long.
 */
export function line(max: number, min = 1) {
  return z.string().check(
    z.trim(),
    z.minLength(min),
    z.maxLength(max),
    z.regex(/^[^\p{Cc}\p{Cs}]*$/u, 'must not contain control characters'),
    z.superRefine((text, context) => {
      const message = readingProblem(text);
      if (message !== undefined) {
        context.addIssue({ code: 'custom', message, params: { code: 'unreadable' } });
      }
    }),
  );
}

/** Embeddings, overrides and isolates of the bidirectional algorithm: they make a text read as another one. */
const DIRECTION_CONTROL = /[\u202a-\u202e\u2066-\u2069]/;

/** A character that leaves a mark on a page. U+2800 is the Braille pattern without dots. */
const VISIBLE = /[^\p{Z}\p{Cc}\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}\u2800]/u;

/** The rule: a text that is not empty shows something, and reads as it is written. */
export function readingProblem(text: string): string | undefined {
  if (DIRECTION_CONTROL.test(text)) {
    return 'must not contain characters that change the text direction (U+202A to U+202E, U+2066 to U+2069)';
  }
  return text === '' || VISIBLE.test(text) ? undefined : 'must contain a visible character';
}

/** An id as a request names one; whether it is there is for the table to say, which takes whole characters alone. */
export const idSchema = z
  .string()
  .check(z.minLength(1), z.maxLength(100), z.regex(/^[^\p{Cs}]*$/u, 'must not contain unpaired surrogates'));
