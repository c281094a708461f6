import * as z from 'zod';

/** A line of text for people: trimmed, not empty, without control characters, at most `max` characters long. */
export function line(max: number) {
  return z
    .string()
    .trim()
    .min(1)
    .max(max)
    .regex(/^[^\p{Cc}\p{Cs}]*$/u, 'no control characters');
}

/** An id as a request names one; whether it is there is for the table to say. */
export const idSchema = z.string().min(1).max(100);
