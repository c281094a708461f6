import * as z from 'zod/mini';
import { described } from './described.ts';
import { line } from './text.ts';

/** The fields of an address. `country` is ISO 3166-1 alpha-2. */
export const addressFields = () => ({
  name: described(line(100), 'Who receives the parcel'),
  lines: described(z.array(line(100)).check(z.minLength(1), z.maxLength(4)), 'Street and building, one to four lines'),
  city: line(100),
  postalCode: line(20),
  country: described(
    z.string().check(z.regex(/^[A-Z]{2}$/, 'two capital letters, as ISO 3166-1 has them')),
    'ISO 3166-1 alpha-2',
  ),
});

/** Where a parcel of SIMs goes. */
export const addressSchema = z.lazy(() => z.strictObject(addressFields()));

export type Address = z.infer<typeof addressSchema>;

export const contactFields = () => ({
  name: line(100),
  email: z.email().check(z.maxLength(200)),
  phone: z.optional(line(30, 3)),
});

/** Whom to write to or call. */
export const contactSchema = z.lazy(() => z.strictObject(contactFields()));

export type Contact = z.infer<typeof contactSchema>;
