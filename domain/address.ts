import * as z from 'zod';
import { line } from './text.ts';

/** Where a parcel of SIMs goes. `country` is ISO 3166-1 alpha-2. */
export const addressSchema = z.strictObject({
  name: line(100).describe('Who receives the parcel'),
  lines: z.array(line(100)).min(1).max(4).describe('Street and building, one to four lines'),
  city: line(100),
  postalCode: line(20),
  country: z
    .string()
    .regex(/^[A-Z]{2}$/, 'two capital letters, as ISO 3166-1 has them')
    .describe('ISO 3166-1 alpha-2'),
});

export type Address = z.infer<typeof addressSchema>;

/** Whom to write to or call. */
export const contactSchema = z.strictObject({
  name: line(100),
  email: z.email().max(200),
  phone: line(30, 3).optional(),
});

export type Contact = z.infer<typeof contactSchema>;
