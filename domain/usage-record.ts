import * as z from 'zod/mini';
import { described } from './described.ts';

/**
 * The most bytes that one record may have, 100 TB: more than a link of 10 Gbit/s carries in 22 hours, so that a larger
 * number is a mistake of the operator's, such as a counter that ran over.
 */
export const MAX_RECORD_BYTES = 100_000_000_000_000;

/** The volume of one record, from its whole bytes. */
export const recordBytes = () =>
  z.number({ error: (issue) => (issue.input === undefined ? undefined : 'must be a whole number of bytes') }).check(
    z.int({ error: 'must be a whole number of bytes' }),
    z.nonnegative({ error: 'must be at least 0' }),
    z.maximum(MAX_RECORD_BYTES, {
      error: `must be at most ${MAX_RECORD_BYTES} (100 TB)`,
    }),
  );

/** MCC and MNC, the way they are stored: five or six digits. ` 23420` and `234-20` name the same network. */
const networkCode = () =>
  z.pipe(
    z.string().check(
      z.minLength(1, { abort: true }),
      z.maxLength(40, { abort: true }),
      z.regex(/^[^\p{Cc}\p{Cs}]*$/u, { error: 'must not contain control characters', abort: true }),
      // No pattern of the document: the released one allowed more, which could never be counted rightly.
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
    'Id of the record at the operator. It counts once for a SIM, whatever its time when it is repeated.',
  ),
  // Any number: whether it names a SIM is decided when the record is counted.
  iccid: z.string().check(z.regex(/^\d{18,22}$/, 'must be an ICCID of 18 to 22 digits')),
  bytes: described(recordBytes(), 'Whole bytes, at most 100 TB.'),
  at: z.pipe(
    described(z.iso.datetime({ offset: true }), 'End of the interval in which the data was used.'),
    z.transform((at) => new Date(at).toISOString()),
  ),
  network: described(networkCode(), 'MCC and MNC: 5 or 6 digits.'),
});

export const usageRecordSchema = z.lazy(() => z.object(usageRecordFields()));

/** How many bytes a SIM used in a network up to a moment (RFC 3339, UTC). The id is the same whenever the record is sent. */
export type UsageRecord = z.infer<typeof usageRecordSchema>;
