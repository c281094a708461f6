import * as z from 'zod/mini';
import { described } from '../domain/described.ts';
import { MAX_DAYS_AHEAD, MAX_ICCIDS } from '../domain/operation.ts';
import { operatorIdSchema } from '../domain/operator.ts';
import { simStates } from '../domain/sim.ts';
import { tagSchema } from '../domain/sim-labels.ts';
import { ICCID_END } from '../domain/sim-search.ts';
import { idSchemaOf, line } from '../domain/text.ts';

/** The filters of a list of SIMs, combined with AND. */
export const simFilter = () =>
  z.strictObject({
    state: z.optional(z.enum(simStates)),
    customerId: z.optional(idSchemaOf<'customer'>()),
    customerServiceId: z.optional(idSchemaOf<'customerService'>()),
    partnerServiceId: z.optional(idSchemaOf<'partnerService'>()),
    operatorId: z.optional(operatorIdSchema),
    orderId: z.optional(idSchemaOf<'order'>()),
    imsi: described(z.optional(digits(14, 15)), '14 or 15 digits.'),
    msisdn: described(z.optional(msisdnSchema), 'Phone number with country code, with or without `+`.'),
    imei: described(
      z.optional(digits(14, 16)),
      '14 to 16 digits. Only the first 14 count: they identify the device, without check digit and software version.',
    ),
    iccidEnds: described(
      z.optional(digits(ICCID_END.min, ICCID_END.max)),
      `Last ${ICCID_END.min} to ${ICCID_END.max} digits of the ICCID.`,
    ),
    tag: described(z.optional(tagSchema), 'A tag of the SIM, ignoring case.'),
    q: described(
      z.optional(line(100)),
      'Finds a tag, or the prefix of a label, ignoring case. Digits also find the prefix of an ICCID, an MSISDN, IMSI or IMEI, and 4 to 8 digits the end of an ICCID. Blanks and hyphens in numbers are ignored.',
    ),
  });

const digits = (min: number, max: number) =>
  z.string().check(z.trim(), z.regex(new RegExp(`^\\d{${min},${max}}$`), `must have ${min} to ${max} digits`));

/** An unescaped `+` in a URL is read as a blank. */
const msisdnSchema = z.lazy(() =>
  z
    .string()
    .check(
      z.trim(),
      z.regex(/^\+?[1-9]\d{6,14}$/, 'must have a country code and 7 to 15 digits, such as +447700900123'),
    ),
);

/** `resolveSelection` checks the numbers, because the rules differ between operators. */
const iccids = z.lazy(() =>
  z.array(z.string().check(z.maxLength(100))).check(
    z.superRefine((list, context) => {
      // Duplicates count once.
      if (new Set(list).size > MAX_ICCIDS) {
        context.addIssue({ code: 'too_big', origin: 'array', maximum: MAX_ICCIDS, inclusive: true, input: list });
      }
    }),
  ),
);

const selectSchema = z.lazy(() =>
  z
    .strictObject({
      iccids: described(z.optional(iccids), 'Up to 10,000 ICCIDs. Duplicates count once.'),
      orderId: z.optional(idSchemaOf<'order'>()),
      filter: z.optional(simFilter()),
    })
    .check(
      z.superRefine((select, context) => {
        const given = Object.values(select).filter((value) => value !== undefined).length;
        if (given !== 1) {
          const message = 'Set exactly one of iccids, orderId and filter.';
          context.addIssue({ code: 'custom', message, params: { code: 'exactly_one' } });
        }
      }),
    ),
);

/** The fields of every bulk action. */
export const bulkFields = () => ({
  select: selectSchema,
  dryRun: described(
    z.optional(z.boolean()),
    'Checks the SIMs in their current state and changes nothing. Up to 1,000 SIMs: 200 with a `DryRun`. More: 202 with an operation whose results show the outcome.',
  ),
  effectiveAt: described(
    z.optional(z.iso.datetime({ offset: true })),
    `Start time, up to ${MAX_DAYS_AHEAD} days ahead. Omit it, or set a past time, to start immediately.`,
  ),
});

/** The confirmation of an action that requires one only for the whole fleet. */
export const fleetConfirmation = () => ({
  confirm: described(
    z.optional(z.int().check(z.nonnegative())),
    'The expected number of SIMs. Required when `filter` is empty, which selects the whole fleet: then it is the number of SIMs received and imported so far, including terminated ones.',
  ),
});
