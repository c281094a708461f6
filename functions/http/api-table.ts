import type { Tenant } from '../../domain/access.ts';
import type { JournalEntry } from '../../domain/journal-entry.ts';
import type { RequestStore } from './idempotency.ts';
import type { RateLimiter } from './rate-limiter.ts';
import type { RevocationCheck } from './revocation-list.ts';

/** The pipeline's access to the table. */
export type ApiTable = {
  /** The secret that signs the cursors of lists. */
  cursorSecret(): Promise<string>;
  /** Whether an error means that an item was changed concurrently. */
  isConflict(error: unknown): boolean;
  /** Whether an error means that AWS throttled a call and all retries are spent. */
  isBusy(error: unknown): boolean;
  /** Claims and responses of requests with an `Idempotency-Key`. */
  requests: RequestStore;
  /** Limits the request rate of a partner. */
  limitRequests: RateLimiter;
  /** Whether the token of a caller was revoked. */
  isRevoked: RevocationCheck;
  /** Records an accepted write. */
  addToJournal(tenant: Tenant, entry: JournalEntry): Promise<void>;
};

/** For a function without access to the table, which serves neither lists nor writes. */
export const noTable: ApiTable = {
  cursorSecret: requireTable,
  isConflict: () => false,
  isBusy: () => false,
  requests: {
    claim: requireTable,
    reclaim: requireTable,
    storeResponse: requireTable,
    releaseClaim: requireTable,
  },
  isRevoked: requireTable,
  addToJournal: requireTable,
  limitRequests: requireTable,
};

async function requireTable(): Promise<never> {
  throw new Error('Lists and writes need the table: use createApiHandler().');
}
