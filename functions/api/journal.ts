import * as z from 'zod/mini';
import { journalEntrySchema, showJournalEntry } from '../../contract/journal-entry.ts';
import { tenantOf } from '../../domain/access.ts';
import { described } from '../../domain/described.ts';
import { line } from '../../domain/text.ts';
import { listJournalEntries } from '../../use-cases/access/read-journal.ts';
import { okPage, route } from '../http/route.ts';

/** The audit trail of accepted writes. */
export const journalRoutes = [
  route({
    method: 'GET',
    path: '/v1/journal',
    operationId: 'listJournalEntries',
    access: 'journal',
    tag: 'Journal',
    summary: 'List accepted writes, newest first',
    description:
      'The writes of the caller’s partner; for a platform user, those of the platform. The journal does not contain dry runs, quotes and rejected requests.',
    paged: true,
    query: () =>
      z.strictObject({
        from: described(z.optional(z.iso.datetime({ offset: true })), 'Earliest time of an entry, inclusive.'),
        to: described(z.optional(z.iso.datetime({ offset: true })), 'Latest time of an entry, inclusive.'),
        actor: described(z.optional(line(200)), 'The `sub` of a user.'),
        resource: described(z.optional(line(500)), 'Id or path of the resource.'),
      }),
    answers: { 200: journalEntrySchema },
    handle: async ({ caller, query, page }) => {
      const { items, next } = await listJournalEntries(tenantOf(caller), query, page);
      return okPage(items.map(showJournalEntry), next);
    },
  }),
];
