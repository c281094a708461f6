import type { Tenant } from '../../domain/access.ts';
import type { JournalEntry } from '../../domain/journal-entry.ts';
import { required } from '../environment.ts';
import { absent } from './conditions.ts';
import { itemKinds } from './item-kinds.ts';
import { query } from './queries.ts';
import { put } from './write-requests.ts';
import { writeIf } from './writes.ts';

/** A stored entry; `expiresAt` in seconds of real time. */
export type StoredJournalEntry = JournalEntry & { expiresAt: number };

const SECONDS_PER_DAY = 86_400;

/** Adds an entry. No function may change or remove entries: `put` in write-requests.ts and infra/functions/statements.ts prevent it. */
export async function addToJournal(tenant: Tenant, entry: JournalEntry): Promise<void> {
  const expiresAt = Math.floor(Date.now() / 1000) + Number(required('JOURNAL_DAYS')) * SECONDS_PER_DAY;
  const key = itemKinds.journalEntry.key({ tenant, position: journalPosition(entry) });
  // If a response of DynamoDB is lost, the SDK's retry finds its own write.
  await writeIf(put({ ...entry, expiresAt, ...key }, absent));
}

/** The position of an entry in the list. */
export const journalPosition = ({ at, requestId }: Pick<JournalEntry, 'at' | 'requestId'>) => `${at}#${requestId}`;

/** A tenant's journal entries between two times, both inclusive, newest first. */
export async function queryJournal(
  tenant: Tenant,
  { from, to }: { from?: string | undefined; to?: string | undefined },
  limit: number,
  after: string | undefined,
) {
  return query<StoredJournalEntry>(
    {
      ...itemKinds.journalEntry.range({ tenant }),
      ...(from === undefined ? {} : { from }),
      // `$` sorts after the `#` that follows the time.
      ...(to === undefined ? {} : { upTo: `${to}$` }),
      after,
      descending: true,
    },
    limit,
  );
}
