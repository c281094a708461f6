import * as z from 'zod/mini';
import { described } from '../domain/described.ts';
import type { JournalEntry } from '../domain/journal-entry.ts';
import { namedSchema, showAs, time } from './fields.ts';

const changedValue = z.lazy(() => z.union([z.string(), z.number(), z.boolean(), z.array(z.string())]));

export const journalEntrySchema = namedSchema('JournalEntry', () =>
  z.object({
    at: time,
    actor: described(z.string(), 'The `sub` of the user, or the id of the API client.'),
    method: z.string(),
    route: z.string(),
    resource: described(z.string(), 'Path of the resource that was changed.'),
    sourceIp: z.string(),
    requestId: z.string(),
    status: z.int(),
    actorEmail: described(z.optional(z.string()), 'The `email` claim of the token, if present.'),
    changes: described(
      z.array(
        z.object({
          field: z.string(),
          before: z.optional(changedValue),
          after: z.optional(changedValue),
          withheld: described(
            z.optional(z.boolean()),
            '`true` when the values are not stored because they can contain personal data or secrets.',
          ),
        }),
      ),
      'The fields that the request changed, or that it passed to an action.',
    ),
  }),
);

export const showJournalEntry = (entry: JournalEntry) =>
  showAs(journalEntrySchema, { ...entry, changes: entry.changes ?? [] });
