import * as z from 'zod/mini';
import { described } from '../domain/described.ts';

/*
 * Fields that several resources share. The schemas of this folder decide what the API and its events show: fields of stored
 * items that a schema does not name stay internal. Values were checked when they were stored, by the rules of that release,
 * so that these schemas check types alone.
 */

export const id = z.string();

export const time = z.lazy(() => described(z.iso.datetime(), 'RFC 3339, in UTC.'));

export const date = z.lazy(() => z.iso.date());

export const stamps = { createdAt: time, updatedAt: time, version: z.int() };

export const address = z.lazy(() =>
  z.object({
    name: z.string(),
    lines: z.array(z.string()),
    city: z.string(),
    postalCode: described(z._default(z.string(), ''), 'Empty in countries without postal codes.'),
    country: described(z.string(), 'ISO 3166-1 alpha-2 country code.'),
  }),
);

export const contact = z.lazy(() => z.object({ name: z.string(), email: z.string(), phone: z.optional(z.string()) }));

export const failure = z.lazy(() => z.object({ code: z.string(), detail: z.string() }));
