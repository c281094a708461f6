import * as z from 'zod/mini';
import { described } from './described.ts';
import { line } from './text.ts';

/** Where a parcel of SIMs goes. `country` is ISO 3166-1 alpha-2. */
export const addressSchema = z.strictObject({
  name: described(line(100), 'Who receives the parcel'),
  lines: described(z.array(line(100)).check(z.minLength(1), z.maxLength(4)), 'Street and building, one to four lines'),
  city: line(100),
  postalCode: line(20),
  country: described(
    z.string().check(z.regex(/^[A-Z]{2}$/, 'two capital letters, as ISO 3166-1 has them')),
    'ISO 3166-1 alpha-2',
  ),
});

export type Address = z.infer<typeof addressSchema>;

/** Whom to write to or call. */
export const contactSchema = z.strictObject({
  name: line(100),
  email: z.email().check(z.maxLength(200)),
  phone: z.optional(line(30, 3)),
});

export type Contact = z.infer<typeof contactSchema>;
