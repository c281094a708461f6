import * as z from 'zod/mini';
import { journalPosition, queryJournal } from '../../adapters/dynamodb/journal.ts';
import { journalEntrySchema, showJournalEntry } from '../../contract/journal-entry.ts';
import { tenantOf } from '../../domain/access.ts';
import { described } from '../../domain/described.ts';
import { line } from '../../domain/text.ts';
import { fillPage } from '../../use-cases/fill-page.ts';
import { invalidInput } from '../../use-cases/refusal.ts';
import { createApiHandler } from '../http/create-api-handler.ts';
import { okPage, route } from '../http/route.ts';

/** Who did what. */
export const routes = [
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
    handle: async ({ caller, query: { from, to, actor, resource }, page }) => {
      const between = { from: from && new Date(from).toISOString(), to: to && new Date(to).toISOString() };
      if (between.from !== undefined && between.to !== undefined && between.from > between.to) {
        throw invalidInput([{ pointer: '/query/to', code: 'too_small', message: 'to must not be before from.' }]);
      }
      const now = Date.now() / 1000;
      const { items, next } = await fillPage(
        page,
        (limit, after) => queryJournal(tenantOf(caller), between, limit, after),
        (entry) =>
          entry.expiresAt > now &&
          (actor === undefined || entry.actor === actor) &&
          (resource === undefined || isAbout(entry.resource, resource)),
        journalPosition,
      );
      return okPage(items.map(showJournalEntry), next);
    },
  }),
];

function isAbout(path: string, resource: string): boolean {
  return path === resource || path.split('/').includes(resource);
}

export const handler = createApiHandler(routes);
