import type { Tenant } from '../../domain/access.ts';
import type { JournalEntry } from '../../domain/journal-entry.ts';
import { required } from '../environment.ts';
import { absent, put, query, writeIf } from './items.ts';
import { journalKey } from './keys.ts';

/** An entry as it is kept; `expiresAt` in seconds of real time. */
export type StoredJournalEntry = JournalEntry & { expiresAt: number };

const SECONDS_PER_DAY = 86_400;

/** Adds an entry. No function may change or remove one: `put` in items.ts, and infra/functions/statements.ts. */
export async function addToJournal(owner: Tenant, entry: JournalEntry): Promise<void> {
  const expiresAt = Math.floor(Date.now() / 1000) + Number(required('JOURNAL_DAYS')) * SECONDS_PER_DAY;
  // The SDK tries again when an answer is lost, and finds what it wrote itself.
  await writeIf(put({ ...entry, expiresAt, ...journalKey(owner, journalPosition(entry)) }, absent));
}

/** Where the list goes on after an entry. */
export const journalPosition = ({ at, requestId }: Pick<JournalEntry, 'at' | 'requestId'>) => `${at}#${requestId}`;

/** The journal of a partner, or of the platform, between two times, both included, newest first. */
export async function queryJournal(
  owner: Tenant,
  { from, to }: { from?: string | undefined; to?: string | undefined },
  limit: number,
  after: string | undefined,
) {
  const { pk: partition } = journalKey(owner, '');
  return query<StoredJournalEntry>(
    {
      partition,
      ...(from === undefined ? {} : { from }),
      // `$` comes after the `#` that stands behind the time.
      ...(to === undefined ? {} : { upTo: `${to}$` }),
      after,
      descending: true,
    },
    limit,
  );
}
