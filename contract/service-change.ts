import * as z from 'zod/mini';
import { described } from '../domain/described.ts';
import { tariffChangeTimes } from '../domain/service-tariffs.ts';
import { idSchemaOf, lines } from '../domain/text.ts';

/** How a change of tariff works, for the reference page. */
export const TARIFF_CHANGE =
  'A tariff that does not cover the operators of all SIMs on the service is refused with `tariff_mismatch` and their number. Past periods keep the allowance of the tariff that they had.';

const MAX_NOTES_LENGTH = 2000;

/** The notes of a service. */
export const notes = () => described(lines(MAX_NOTES_LENGTH), 'Up to 2,000 characters, with line breaks.');

/** The fields of a service's update other than its name. */
export const serviceChangeFields = () => ({
  notes: z.optional(z.nullable(notes())),
  tariffId: described(
    z.optional(idSchemaOf<'tariff'>()),
    'A tariff that covers all SIMs of the service. The current tariff withdraws `nextTariff`.',
  ),
  effectiveAt: described(
    z.optional(z.enum(tariffChangeTimes)),
    '`now` (the default): the tariff applies to the whole current period. `next_period`: it becomes `nextTariff` and applies from the next period on. Requires `tariffId`.',
  ),
});
