import * as z from 'zod/mini';
import { described } from '../domain/described.ts';
import { namedSchema } from './fields.ts';

/** The result of a file of SIMs. */
export const loadedFileSchema = namedSchema('LoadedFile', () =>
  z.object({
    rows: z.int(),
    loaded: described(z.int(), 'Rows that were applied, or would be in a dry run.'),
    alreadyLoaded: described(z.int(), 'Rows that had been applied before.'),
    rejected: z.int(),
    errors: described(
      z.array(
        z.object({
          row: described(z.int(), 'Row of the file; 2 is the row after the header row.'),
          iccid: z.optional(z.string()),
          code: z.string(),
          message: z.string(),
        }),
      ),
      'The rows that were not applied.',
    ),
  }),
);
