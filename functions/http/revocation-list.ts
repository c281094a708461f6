import { logger } from '../../adapters/telemetry/logger.ts';
import { isRevoked, type Revocation } from '../../domain/revocation.ts';

/** How long an instance uses the revocations that it has read: a revocation takes effect within this time. */
const REFRESH_MS = 20_000;
/** How long it uses them when they cannot be read again. Afterwards it refuses requests: a revocation takes effect in a minute. */
const MAX_AGE_MS = 50_000;

/** Whether the tokens of a subject that were issued at this time, in seconds, are revoked. */
export type RevocationCheck = (subject: string, issuedAt: number | undefined) => Promise<boolean>;

/**
 * Checks tokens against all current revocations, which an instance reads again every few seconds: a warm request costs nothing, whether
 * there are ten clients or ten thousand.
 *
 * @throws the error of the last read when the revocations are older than a minute.
 */
export function createRevocationCheck(
  read: () => Promise<readonly Revocation[]>,
  now: () => number = Date.now,
): RevocationCheck {
  let known = new Map<string, Revocation>();
  let readAt = Number.NEGATIVE_INFINITY;
  let reading: Promise<void> | undefined;

  async function refresh(): Promise<void> {
    const startedAt = now();
    try {
      known = new Map((await read()).map((revocation) => [revocation.subject, revocation]));
      readAt = startedAt;
    } catch (error) {
      if (startedAt - readAt > MAX_AGE_MS) {
        throw error;
      }
      logger.warn('revocations could not be read again', { error });
    }
  }

  return async (subject, issuedAt) => {
    if (now() - readAt > REFRESH_MS) {
      reading ??= refresh().finally(() => {
        reading = undefined;
      });
      await reading;
    }
    const revocation = known.get(subject);
    return revocation !== undefined && isRevoked(revocation, issuedAt);
  };
}
