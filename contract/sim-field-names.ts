import * as z from 'zod/mini';
import { described } from '../domain/described.ts';
import type { SimFieldNames } from '../domain/sim-fields.ts';
import { namedSchema, showAs } from './fields.ts';

export const simFieldNamesSchema = namedSchema('SimFields', () =>
  z.object({
    names: z.array(z.string()),
    formerNames: described(
      z.array(z.string()),
      'Names that were removed. SIMs keep their texts under them, which can only be removed.',
    ),
  }),
);

export const showSimFieldNames = (fields: SimFieldNames) => showAs(simFieldNamesSchema, fields);
