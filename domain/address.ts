import * as z from 'zod/mini';
import { countryProblem, needsPostalCode } from './countries.ts';
import { described } from './described.ts';
import { emailAddress } from './email.ts';
import { line } from './text.ts';
import type { Violation } from './verdict.ts';

const COUNTRY = /^[A-Z]{2}$/;

/** The fields of an address. `country` is ISO 3166-1 alpha-2. */
export const addressFields = () => ({
  name: described(line(100), 'Name of the recipient.'),
  lines: described(z.array(line(100)).check(z.minLength(1), z.maxLength(4)), 'Street and building, one to four lines.'),
  city: line(100),
  postalCode: described(z.optional(line(20, 0)), 'Required in countries that have postal codes.'),
  country: described(
    z.string().check(z.regex(COUNTRY, 'must be an ISO 3166-1 alpha-2 code of two capital letters')),
    'ISO 3166-1 alpha-2 country code.',
  ),
});

/** The address to which SIMs are shipped. */
export const addressSchema = z.lazy(() =>
  z.strictObject(addressFields()).check(
    z.superRefine((address, context) => {
      for (const { pointer, code, message } of addressViolations(address)) {
        context.addIssue({ code: 'custom', path: [pointer.slice(1)], message, params: { code } });
      }
    }),
  ),
);

export type Address = z.infer<typeof addressSchema>;

/**
 * The rule: the country exists, and the address has a postal code where its country requires one. A malformed country code
 * is reported by the schema, not here.
 */
export function addressViolations({ country, postalCode = '' }: Pick<Address, 'country' | 'postalCode'>): Violation[] {
  if (!COUNTRY.test(country)) {
    return [];
  }
  const unknown = countryProblem(country);
  if (unknown !== undefined) {
    return [{ pointer: '/country', code: 'unknown_country', message: unknown }];
  }
  return postalCode === '' && needsPostalCode(country)
    ? [{ pointer: '/postalCode', code: 'postal_code_required', message: `is required for addresses in ${country}` }]
    : [];
}

export const contactFields = () => ({
  name: line(100),
  email: emailAddress(),
  phone: z.optional(line(30, 3)),
});

/** A contact person. */
export const contactSchema = z.lazy(() => z.strictObject(contactFields()));

export type Contact = z.infer<typeof contactSchema>;
