import { journalPosition, queryJournal, type StoredJournalEntry } from '../../adapters/dynamodb/journal.ts';
import type { Tenant } from '../../domain/access.ts';
import { fillPage, type PageRequest } from '../fill-page.ts';
import { invalidInput } from '../refusal.ts';

export type JournalFilter = {
  from?: string | undefined;
  to?: string | undefined;
  /** The `sub` of a user. */
  actor?: string | undefined;
  /** The path of a resource, or an id in it. */
  resource?: string | undefined;
};

/**
 * Reads a page of a tenant's journal, newest first, without expired entries.
 *
 * @throws Refusal `invalid_input` when `to` is before `from`
 */
export async function listJournalEntries(
  tenant: Tenant,
  { from, to, actor, resource }: JournalFilter,
  page: PageRequest,
): Promise<{ items: StoredJournalEntry[]; next?: string }> {
  const range = { from: from && new Date(from).toISOString(), to: to && new Date(to).toISOString() };
  if (range.from !== undefined && range.to !== undefined && range.from > range.to) {
    throw invalidInput([{ pointer: '/query/to', code: 'too_small', message: 'to must not be before from.' }]);
  }
  // Entries expire in real time, also on a scaled clock.
  const now = Date.now() / 1000;
  return fillPage(
    page,
    (limit, after) => queryJournal(tenant, range, limit, after),
    (entry) =>
      entry.expiresAt > now &&
      (actor === undefined || entry.actor === actor) &&
      (resource === undefined || concerns(entry.resource, resource)),
    journalPosition,
  );
}

function concerns(path: string, resource: string): boolean {
  return path === resource || path.split('/').includes(resource);
}
