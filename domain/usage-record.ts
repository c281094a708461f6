import * as z from 'zod/mini';
import { described } from './described.ts';

/** The fields of a usage record, as operators tell it. */
export const usageRecordFields = () => ({
  recordId: described(
    z.string().check(z.minLength(1), z.maxLength(200)),
    'Id of the record at the operator. Repeated records count once.',
  ),
  // Any number: of a SIM that is not ours it is for nobody here to say whether it is one.
  iccid: z.string().check(z.regex(/^\d{18,22}$/, 'must be an ICCID of 18 to 22 digits')),
  bytes: z.int().check(z.nonnegative()),
  at: z.pipe(
    described(z.iso.datetime({ offset: true }), 'End of the interval in which the data was used.'),
    z.transform((at) => new Date(at).toISOString()),
  ),
  network: described(
    z
      .string()
      .check(z.minLength(1), z.maxLength(40), z.regex(/^[^\p{Cc}\p{Cs}]*$/u, 'must not contain control characters')),
    'MCC and MNC',
  ),
});

export const usageRecordSchema = z.lazy(() => z.object(usageRecordFields()));

/** So many bytes that a SIM used in a network up to a moment (RFC 3339, UTC). The id is the same whenever it is told. */
export type UsageRecord = z.infer<typeof usageRecordSchema>;
