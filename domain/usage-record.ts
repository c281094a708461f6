import * as z from 'zod/mini';
import { described } from './described.ts';

/**
 * The maximum size of a record, 100 TB. A link of 10 Gbit/s takes 22 hours to carry that, so a larger number is an error of the
 * operator, such as a counter overflow.
 */
export const MAX_RECORD_BYTES = 100_000_000_000_000;

/** The schema of a record's volume in whole bytes. */
export const recordBytes = () =>
  z.number({ error: (issue) => (issue.input === undefined ? undefined : 'must be a whole number of bytes') }).check(
    z.int({ error: 'must be a whole number of bytes' }),
    z.nonnegative({ error: 'must be at least 0' }),
    z.maximum(MAX_RECORD_BYTES, {
      error: `must be at most ${MAX_RECORD_BYTES} (100 TB)`,
    }),
  );

/** MCC and MNC, normalised to five or six digits: ` 23420` and `234-20` are the same network. */
const networkCode = () =>
  z.pipe(
    z.string().check(
      z.minLength(1, { abort: true }),
      z.maxLength(40, { abort: true }),
      z.regex(/^[^\p{Cc}\p{Cs}]*$/u, { error: 'must not contain control characters', abort: true }),
      // Not a pattern of the OpenAPI document: the released API permits more, which could never be counted correctly.
      z.refine((text) => NETWORK.test(text), {
        error: 'must be MCC and MNC, 5 or 6 digits, such as 23420',
        params: { code: 'invalid_network' },
      }),
    ),
    z.transform((text) => text.replaceAll(/\D/g, '')),
  );

const NETWORK = /^\s*\d{3}[- ]?\d{2,3}\s*$/;

/** The fields of a usage record, as operators send it. */
export const usageRecordFields = () => ({
  recordId: described(
    z.string().check(z.minLength(1), z.maxLength(200)),
    'Id of the record at the operator. A repeated record counts only once for a SIM, even with another time.',
  ),
  // Any number of this length: whether the SIM exists is checked when the record is counted.
  iccid: z.string().check(z.regex(/^\d{18,22}$/, 'must be an ICCID of 18 to 22 digits')),
  bytes: described(recordBytes(), 'Whole bytes, at most 100 TB.'),
  at: z.pipe(
    described(z.iso.datetime({ offset: true }), 'End of the interval in which the data was used.'),
    z.transform((at) => new Date(at).toISOString()),
  ),
  network: described(networkCode(), 'MCC and MNC: 5 or 6 digits.'),
});

export const usageRecordSchema = z.lazy(() => z.object(usageRecordFields()));

/** The bytes that a SIM used in a network up to a moment (RFC 3339, UTC). A repeated record has the same id. */
export type UsageRecord = z.infer<typeof usageRecordSchema>;
