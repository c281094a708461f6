import * as z from 'zod/mini';
import { described } from '../domain/described.ts';
import { type Difference, differenceFields, sides } from '../domain/difference.ts';
import { operatorIdSchema } from '../domain/operator.ts';
import { namedSchema, showAs, time } from './fields.ts';

export const differenceSchema = namedSchema('Difference', () =>
  z.object({
    id: z.string(),
    iccid: z.string(),
    partnerId: z.string(),
    operatorId: operatorIdSchema,
    field: z.enum(differenceFields),
    ours: described(z.optional(z.string()), 'The SIM’s state or number here when the difference was seen.'),
    theirs: described(
      z.string(),
      'The status at the operator (`active`, `barred` or `terminated`), the number there, or `missing`.',
    ),
    seenAt: time,
    settledAt: z.optional(time),
    settledBy: described(z.optional(z.string()), 'The `sub` of a user, or `system`.'),
    settledAs: described(z.optional(z.enum(sides)), 'Absent when a comparison found that the SIM no longer differs.'),
  }),
);

export const showDifference = (difference: Difference) => showAs(differenceSchema, difference);
