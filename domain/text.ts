import * as z from 'zod/mini';

/**
 * A line of text for people: trimmed, without control characters and halves of characters, `min` (1 when left out) to
 * `max` characters long.
 */
export function line(max: number, min = 1) {
  return z
    .string()
    .check(z.trim(), z.minLength(min), z.maxLength(max), z.regex(/^[^\p{Cc}\p{Cs}]*$/u, 'no control characters'));
}

/** An id as a request names one; whether it is there is for the table to say, which takes whole characters alone. */
export const idSchema = z
  .string()
  .check(z.minLength(1), z.maxLength(100), z.regex(/^[^\p{Cs}]*$/u, 'no halves of characters'));
